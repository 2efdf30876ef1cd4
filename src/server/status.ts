import { type Attributes, forbiddenText } from '../domain/access/attributes.ts';
import type { User } from '../domain/access/user.ts';
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

/** Characters: a message repeats what came, which may be long. */
const LONGEST_MESSAGE = 1000;

const failure = ({ code, reason, message, details }: Failure): Status => ({
  kind: 'Status',
  apiVersion: 'v1',
  metadata: {},
  status: 'Failure',
  message: message.length > LONGEST_MESSAGE ? `${message.slice(0, LONGEST_MESSAGE)}…` : message,
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

export const bodyRefused: Status = failure({
  code: 413,
  reason: 'RequestEntityTooLarge',
  message: 'requests have no body here',
});

export const uriTooLong: Status = failure({
  code: 414,
  reason: 'RequestURITooLong',
  message: `the request's path and query are too long`,
});

export const tooManyRequests: Status = failure({
  code: 429,
  reason: 'TooManyRequests',
  message: 'too many requests are being answered',
});

/** Access could not be reviewed. Whom we asked and what came is for our log. */
export const accessUnknown: Status = internalError('access cannot be reviewed');

/** A path that does not decode. */
export const malformedPath = (text: string): Status =>
  failure({ code: 400, reason: 'BadRequest', message: `the path cannot be decoded at ${JSON.stringify(text)}` });

/** With the library's sentence and details. */
export function forbidden(user: User, attributes: Attributes, reason: string): Status {
  const message = forbiddenText(user, attributes, reason);
  if (attributes.type === 'path') return failure({ code: 403, reason: 'Forbidden', message, details: {} });
  const { name, group, resource } = attributes;
  const details = { ...(name !== '' && { name }), group, kind: resource };
  return failure({ code: 403, reason: 'Forbidden', message, details });
}

/**
 * What was thrown, as Status. Whatever keeps numbers from being had is the 500 that prometheus-adapter gives, its words
 * included: which host was asked and what it said is for our log, not for every reader of a metric.
 */
export function statusOf(error: unknown): Status {
  if (error instanceof InvalidError) return failure({ code: 400, reason: 'BadRequest', message: error.message });
  if (error instanceof ForbiddenError) return failure({ code: 403, reason: 'Forbidden', message: error.message });
  if (error instanceof NotFoundError) return failure({ code: 404, reason: 'NotFound', message: error.message });
  if (error instanceof ConflictError) return failure({ code: 409, reason: 'Conflict', message: error.message });
  if (error instanceof UnavailableError && error.status) return failure(error.status);
  return internalError(error instanceof UnavailableError ? error.told : 'unable to fetch metrics');
}

function internalError(why: string): Status {
  return failure({
    code: 500,
    reason: 'InternalError',
    message: `Internal error occurred: ${why}`,
    details: { causes: [{ message: why }] },
  });
}
