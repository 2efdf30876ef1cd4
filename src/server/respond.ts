import { createHash } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import type { Request, Response } from 'express';
import type { Status } from './status.ts';

/** JSON as the API server writes it: no charset, which is not a parameter of application/json. */
export function sendJson(response: ServerResponse, code: number, body: object, contentType = 'application/json'): void {
  send(response, code, JSON.stringify(body), contentType);
}

/** Never with Retry-After: the HPA controller would wait and try again inside its tick, and hold up all other HPAs. */
export function sendStatus(response: ServerResponse, status: Status): void {
  sendJson(response, status.code, status);
}

/** A document that a client may keep: with an ETag, and 304 for the one who has it. */
export function sendDocument(
  request: Request,
  response: Response,
  document: { body: object; contentType: string },
): void {
  const text = JSON.stringify(document.body);
  response.setHeader('ETag', `"${createHash('sha256').update(text).digest('hex').toUpperCase()}"`);
  response.setHeader('Vary', 'Accept');
  if (request.fresh) response.status(304).end();
  else send(response, 200, text, document.contentType);
}

export function sendText(response: ServerResponse, code: number, text: string): void {
  response.setHeader('X-Content-Type-Options', 'nosniff');
  send(response, code, text, 'text/plain; charset=utf-8');
}

function send(response: ServerResponse, code: number, text: string, contentType: string): void {
  sendWritten(response, code, writtenOf(text), contentType);
}

/**
 * A body that may be sent many times. bytes: of its UTF-8. A string, as it goes out with the head in one piece, and takes less memory.
 * encoding: latin1 is the same for ASCII, and much cheaper to write.
 */
export type Written = { text: string; bytes: number; encoding: 'latin1' | 'utf8' };

export function writtenOf(text: string): Written {
  const bytes = Buffer.byteLength(text);
  return { text, bytes, encoding: bytes === text.length ? 'latin1' : 'utf8' };
}

export function sendWritten(
  response: ServerResponse,
  code: number,
  { text, bytes, encoding }: Written,
  contentType = 'application/json',
): void {
  response.writeHead(code, {
    'Content-Type': contentType,
    'Content-Length': bytes,
    'Cache-Control': 'no-cache, private',
  });
  response.end(text, encoding);
}

/** A query parameter as text; the first, where it comes several times, and '' where it does not come. */
export const queryText = (request: Request, name: string): string => queryTexts(request, name)[0] ?? '';

/** A query parameter, which may come several times. */
export function queryTexts(request: Request, name: string): string[] {
  const value: unknown = request.query[name];
  const all: unknown[] = Array.isArray(value) ? value : [value];
  return all.filter((one) => typeof one === 'string');
}
