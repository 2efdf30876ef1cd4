import { JSON_TYPE, type Row } from './row.ts';
import { type Shape, anything, match } from './shape.ts';

/** metav1.Status of a failure. message: exact, or a pattern. */
export const status = (code: number, reason: string, message: Shape = anything): Shape => ({
  kind: 'Status',
  apiVersion: 'v1',
  metadata: {},
  status: 'Failure',
  message,
  reason,
  'details?': anything,
  code,
});

/** The answer that is such a Status. */
export const failure = (code: number, reason: string, message?: Shape): Row['expect'] => ({
  code: [code],
  contentType: [JSON_TYPE],
  json: status(code, reason, message),
});

/** A Quantity in its canonical DecimalSI form: the largest suffix without a fraction. */
export const QUANTITY = match(
  /^(0|-?[1-9]\d*(?<!000)[mkMGTP]?|-?[1-9]\d*E)$/,
  'a Quantity in canonical form, such as 10500m or 1k',
);

export const TIMESTAMP = match(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/, 'RFC 3339 in UTC with whole seconds');
