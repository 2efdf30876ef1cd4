import { z } from 'zod';
import { InvalidError } from '../domain/errors.ts';
import type { Backend } from '../domain/rules/backend.ts';
import { making } from './discovery-rule.ts';

const HEADER_NAME = /^[A-Za-z0-9!#$%&'*+.^_`|~-]+$/;
/** Visible ASCII and spaces: no line's end can get into a request. */
const HEADER_VALUE = /^[\x20-\x7e]*$/;
/** Those that the client itself sets, or that a key of their own sets. */
const OWN_HEADERS = new Set([
  'host',
  'content-length',
  'content-type',
  'transfer-encoding',
  'connection',
  'x-scope-orgid',
]);

/** `backend` of a rule. */
export const backendName = z
  .string()
  .min(1)
  .default('default')
  .describe('A name of `backends`; `default` is the Prometheus of --prometheus-url.');

/** One entry of `tidecaster.backends`. */
export const backend = z
  .strictObject({
    name: z
      .string()
      .regex(/^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/, 'expected lower-case letters, digits and "-"')
      .refine((name) => name !== 'default', 'is the name of the Prometheus of --prometheus-url, expected another')
      .describe('What rules call it.'),
    url: z
      .url({ protocol: /^https?$/, error: 'expected a URL such as https://mimir.example/prometheus' })
      .describe('Where its API is; a path in front of /api/v1 may follow. Redirects are not followed.'),
    tenant: z
      .string()
      .regex(HEADER_VALUE, 'expected visible ASCII')
      .min(1)
      .optional()
      .describe('Sent as X-Scope-OrgID.'),
    headers: z.record(z.string(), z.string()).default({}).describe('Sent with each request.'),
    caFile: z.string().min(1).optional().describe("PEM: who may have signed the server's certificate."),
    certFile: z.string().min(1).optional().describe('PEM: our certificate, for mutual TLS.'),
    keyFile: z.string().min(1).optional().describe('PEM: its private key.'),
    bearerTokenFile: z.string().min(1).optional().describe('Sent as bearer token.'),
  })
  .transform(making(toBackend));

/** @throws InvalidError for what two keys say together */
function toBackend(raw: {
  name: string;
  url: string;
  tenant?: string | undefined;
  headers: Record<string, string>;
  caFile?: string | undefined;
  certFile?: string | undefined;
  keyFile?: string | undefined;
  bearerTokenFile?: string | undefined;
}): Backend {
  const { name, url, headers, certFile, keyFile, caFile, bearerTokenFile } = raw;
  for (const [header, value] of Object.entries(headers)) checkHeader(header, value);
  const names = Object.keys(headers).map((header) => header.toLowerCase());
  if (bearerTokenFile !== undefined && names.includes('authorization'))
    throw new InvalidError('bearerTokenFile and the header Authorization exclude each other, both are set');
  if ((certFile === undefined) !== (keyFile === undefined))
    throw new InvalidError('certFile and keyFile go together, only one is set');
  if (url.startsWith('http:') && (caFile !== undefined || certFile !== undefined))
    throw new InvalidError(`caFile, certFile and keyFile are for https, but the url is ${url.split('?')[0]}`);
  if (/[?#]/.test(url))
    throw new InvalidError('the url has a query or a fragment, expected none: paths are added to it');
  return {
    name,
    url,
    tenant: raw.tenant ?? null,
    headers,
    caFile: caFile ?? null,
    clientCertificate: certFile === undefined || keyFile === undefined ? null : { certFile, keyFile },
    bearerTokenFile: bearerTokenFile ?? null,
  };
}

function checkHeader(name: string, value: string): void {
  if (!HEADER_NAME.test(name)) throw new InvalidError(`"${name}" is not the name of a header`);
  if (OWN_HEADERS.has(name.toLowerCase()))
    throw new InvalidError(`the header ${name} is set by the program${/scope/i.test(name) ? ', from tenant' : ''}`);
  // Its value may be a secret, so that it is not shown.
  if (!HEADER_VALUE.test(value)) throw new InvalidError(`the value of the header ${name} is not visible ASCII`);
}
