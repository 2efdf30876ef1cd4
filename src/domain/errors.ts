/**
 * The only errors that are thrown on purpose. Expected outcomes are data with a reason, never exceptions; what is thrown is
 * one of these or a bug. They are mapped in three places: HTTP Status (server/status.ts), exit code (cli/exit-code.ts) and
 * the operator's reaction (operator/governor.ts).
 */

/** A place in a file that a person can open: `policies/x.yaml:12:9 spec.maxReplicas`. Lines and columns start at 1. */
export type Place = { file: string; line: number; column: number; path: string };

export const placeText = ({ file, line, column, path }: Place): string =>
  `${file}:${line}:${column}${path === '' ? '' : ` ${path}`}`;

/** One fault in what a person wrote: where, and a sentence that says what came and what was expected. */
export type Problem = { place: Place; message: string };

export const problemText = ({ place, message }: Problem): string => `${placeText(place)}: ${message}`;

/** Input that can never work as it stands: a bad policy, flag, selector, rule. HTTP 400, exit 2. */
export class InvalidError extends Error {
  override readonly name = 'InvalidError';
  readonly problems: readonly Problem[];
  constructor(message: string, options: ErrorOptions & { problems?: readonly Problem[] } = {}) {
    super(message, options);
    this.problems = options.problems ?? [];
  }
}

/** A metric, HPA or resource that is not there. HTTP 404, exit 3. */
export class NotFoundError extends Error {
  override readonly name = 'NotFoundError';
}

/** We, or the caller, are not allowed. HTTP 401 or 403, exit 4. */
export class ForbiddenError extends Error {
  override readonly name = 'ForbiddenError';
}

/** Somebody else changed it first, or holds it. HTTP 409, exit 5. */
export class ConflictError extends Error {
  override readonly name = 'ConflictError';
}

/** Prometheus or the API server is down, slow or answers nonsense. HTTP 5xx, exit 6; what is in force is held. */
export class UnavailableError extends Error {
  override readonly name = 'UnavailableError';
  /** What a reader of metrics is told: which host was asked, and what it said, is for our log. */
  readonly told: string;
  /** Where another server of metrics said it with a Status of its own: that one, passed on in place of ours. */
  readonly status: PassedOnStatus | null;
  constructor(
    message: string,
    {
      told = 'unable to fetch metrics',
      status = null,
      ...options
    }: ErrorOptions & { told?: string; status?: PassedOnStatus | null } = {},
  ) {
    super(message, options);
    this.told = told;
    this.status = status;
  }
}

/** What is passed on of a metav1.Status. code: HTTP, 400 to 599. */
export type PassedOnStatus = { code: number; reason: string; message: string; details?: object };

/** An error's sentence with those of its causes, outermost first. */
export function describeError(error: unknown): string {
  if (typeof error !== 'object' || error === null || !('message' in error)) return String(error);
  const message = String(error.message);
  const cause = 'cause' in error && error.cause !== undefined ? describeError(error.cause) : '';
  return cause === '' || message.endsWith(cause) ? message : `${message}: ${cause}`;
}
