import type { NextFunction, Request, Response } from 'express';

/** Whether a request comes from this host, as over kubectl port-forward. */
export const isFromThisHost = ({ socket: { remoteAddress = '' } }: Request): boolean =>
  /^(::ffff:)?127\./.test(remoteAddress) || remoteAddress === '::1';

/**
 * Answers 403 to what comes from this host and calls it by another name. A web page whose name was made to resolve to 127.0.0.1 (DNS
 * rebinding) could read the answer otherwise: the browser takes it for the page's own, and sends that name as Host.
 */
export function refuseRebound(request: Request, response: Response, next: NextFunction): void {
  const { host = '' } = request.headers;
  if (!isFromThisHost(request) || THIS_HOST.test(host)) return next();
  const error = `Host is ${JSON.stringify(host.slice(0, 253))}, expected an address of 127.0.0.0/8, [::1] or localhost on this host`;
  response.status(403).json({ error });
}

/** An address is nobody's name to give, so any of loopback's will do. */
const THIS_HOST = /^(127(?:\.\d{1,3}){3}|\[::1\]|localhost)(:\d+)?$/i;
