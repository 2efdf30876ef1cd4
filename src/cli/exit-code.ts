import {
  ConflictError,
  ForbiddenError,
  InvalidError,
  NotFoundError,
  UnavailableError,
  describeError,
  problemText,
} from '../domain/errors.ts';

/** Exit codes, in one table: `tidecaster --help` and README.md print it. */
export const EXIT_CODES = [
  { code: 0, means: 'done; also after Ctrl-C' },
  { code: 1, means: 'doctor found an error in the cluster, or rules compare a difference' },
  { code: 2, means: 'the input is wrong: a flag, a file, a policy (InvalidError), or Node is too old' },
  { code: 3, means: 'what was named is not there (NotFoundError)' },
  { code: 4, means: 'not allowed (ForbiddenError)' },
  { code: 5, means: 'somebody else holds or changed it (ConflictError)' },
  { code: 6, means: 'Prometheus or the API server cannot be reached (UnavailableError)' },
  { code: 70, means: 'a bug of ours: please report it with the stack' },
] as const;

export function exitCode(error: unknown): number {
  if (error instanceof InvalidError) return 2;
  if (error instanceof NotFoundError) return 3;
  if (error instanceof ForbiddenError) return 4;
  if (error instanceof ConflictError) return 5;
  if (error instanceof UnavailableError) return 6;
  return 70;
}

/** What a person reads on stderr: the sentence and its causes; of a bug of ours the stack. */
export function errorText(error: unknown): string {
  const problems =
    error instanceof InvalidError ? error.problems.map((problem) => `\n  ${problemText(problem)}`).join('') : '';
  if (exitCode(error) === 70 && error instanceof Error) return error.stack ?? error.message;
  return describeError(error) + problems;
}
