import { z } from 'zod';
import { InvalidError } from '../domain/errors.ts';
import { making } from './discovery-rule.ts';

const SERVICE = /^([a-z0-9][-a-z0-9]*)\/([a-z0-9][-a-z0-9]*):(\d{1,5})$/;

/** `NAMESPACE/SERVICE:PORT` or an https URL, as the URL. */
export const neighbourUrl = z.string().transform(making(toUrl));

/** @throws InvalidError */
function toUrl(text: string): string {
  const [, namespace, service, port] = SERVICE.exec(text) ?? [];
  const url = namespace === undefined ? text : `https://${service}.${namespace}.svc:${port}`;
  const parsed = URL.canParse(url) ? new URL(url) : null;
  // over plain http our token would be everybody's on the way
  if (parsed?.protocol !== 'https:')
    throw new InvalidError(
      'expected NAMESPACE/SERVICE:PORT, such as keda/metrics:443, or a URL that begins with https://',
    );
  if (parsed.username !== '' || parsed.password !== '' || parsed.search !== '' || parsed.hash !== '')
    throw new InvalidError('has more than host, port and path, expected no password, query or fragment');
  return parsed.href.replace(/\/+$/, '');
}
