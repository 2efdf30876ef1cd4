import { ApiException, type V1Status } from '@kubernetes/client-node';
import { ConflictError, ForbiddenError, InvalidError, NotFoundError, UnavailableError } from '../../domain/errors.ts';

/** What the API server answered instead of an object: the cause of the error that we throw. */
export class StatusError extends Error {
  override readonly name = 'StatusError';
  /** HTTP status. */
  readonly code: number;
  /** The Status object of the body; empty where the body was something else (a proxy's page). */
  readonly status: V1Status;
  constructor(code: number, status: V1Status) {
    super(`HTTP ${code}${status.reason ? ` ${status.reason}` : ''}`);
    this.code = code;
    this.status = status;
  }
  /** Does the answer complain about this field, such as metadata.uid? */
  complainsAbout(field: string): boolean {
    return this.status.details?.causes?.some((cause) => cause.field === field) ?? false;
  }
}

/**
 * Runs one request and makes one of our errors of what goes wrong. `doing` begins the message: "list
 * horizontalpodautoscalers" -> "cannot list horizontalpodautoscalers: <the server's own message>".
 * @throws ForbiddenError 401, 403; NotFoundError 404; ConflictError 409, 412; InvalidError other 4xx; UnavailableError
 * 429, 5xx, deadline, network and answers that are not JSON.
 */
export async function request<T>(doing: string, call: Promise<T>): Promise<T> {
  try {
    return await call;
  } catch (error) {
    throw translate(doing, error);
  }
}

/** One of our errors for what a request to the API server threw. */
export function translate(doing: string, error: unknown): Error {
  if (!(error instanceof ApiException)) {
    const why =
      typeof error === 'object' && error !== null && 'name' in error && error.name === 'TimeoutError'
        ? 'the API server did not answer in time'
        : 'the API server cannot be reached, or answers nonsense';
    return new UnavailableError(`cannot ${doing}: ${why}`, { cause: error });
  }
  const cause = new StatusError(error.code, statusOf(error.body));
  const message = `cannot ${doing}: ${cause.status.message ?? `the API server answered ${error.code}`}`;
  return new (errorClass(error.code))(message, { cause });
}

type ErrorClass = new (message: string, options: ErrorOptions) => Error;

function errorClass(code: number): ErrorClass {
  if (code === 401 || code === 403) return ForbiddenError;
  if (code === 404) return NotFoundError;
  if (code === 409 || code === 412) return ConflictError;
  if (code === 429 || code >= 500) return UnavailableError;
  if (code >= 400) return InvalidError;
  return UnavailableError; // a redirect or something else that no API server sends
}

/** client-node 2 hands over the body of an error as text, and that of a 401 not at all. */
function statusOf(body: unknown): V1Status {
  if (typeof body !== 'string') return {};
  try {
    const parsed: unknown = JSON.parse(body);
    return typeof parsed === 'object' && parsed !== null ? parsed : {};
  } catch {
    return {};
  }
}
