import { ConflictError, ForbiddenError, InvalidError, NotFoundError, UnavailableError } from '../domain/errors.ts';

/** metav1.Status: how a Kubernetes API says that something failed. */
export type Status = {
  kind: 'Status';
  apiVersion: 'v1';
  metadata: Record<string, never>;
  status: 'Failure';
  message: string;
  reason: string;
  details?: object;
  code: number;
};

type Failure = Pick<Status, 'code' | 'reason' | 'message' | 'details'>;

const failure = ({ code, reason, message, details }: Failure): Status => ({
  kind: 'Status',
  apiVersion: 'v1',
  metadata: {},
  status: 'Failure',
  message,
  reason,
  ...(details && { details }),
  code,
});

export const unauthorized: Status = failure({ code: 401, reason: 'Unauthorized', message: 'Unauthorized' });

export const pathNotFound: Status = failure({
  code: 404,
  reason: 'NotFound',
  message: 'the server could not find the requested resource',
  details: {},
});

export const methodNotAllowed: Status = failure({
  code: 405,
  reason: 'MethodNotAllowed',
  message: 'the server does not allow this method on the requested resource',
  details: {},
});

export const notAcceptable: Status = failure({
  code: 406,
  reason: 'NotAcceptable',
  message: 'only the following media types are accepted: application/json',
});

/**
 * What was thrown, as Status. Whatever keeps numbers from being had is the 500 that prometheus-adapter gives, its words
 * included: which host was asked and what it said is for our log, not for every reader of a metric.
 */
export function statusOf(error: unknown): Status {
  if (error instanceof InvalidError) return failure({ code: 400, reason: 'BadRequest', message: error.message });
  if (error instanceof ForbiddenError) return failure({ code: 403, reason: 'Forbidden', message: error.message });
  if (error instanceof NotFoundError) return failure({ code: 404, reason: 'NotFound', message: error.message });
  if (error instanceof ConflictError) return failure({ code: 409, reason: 'Conflict', message: error.message });
  // What express throws for a path that does not decode, such as /%ZZ.
  if (error instanceof URIError) return failure({ code: 400, reason: 'BadRequest', message: error.message });
  if (error instanceof UnavailableError && error.status) return failure(error.status);
  const why = error instanceof UnavailableError ? error.told : 'unable to fetch metrics';
  return failure({
    code: 500,
    reason: 'InternalError',
    message: `Internal error occurred: ${why}`,
    details: { causes: [{ message: why }] },
  });
}
