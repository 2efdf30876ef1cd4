import { expect, it } from '@jest/globals';
import { ResponseReader } from './response-reader.ts';

const SIZED = 'HTTP/1.1 200 OK\r\nContent-Type: x\r\nContent-Length: 6\r\n\r\nü€a';
const CHUNKED =
  'HTTP/1.1 404 Not Found\r\ntransfer-encoding: chunked\r\n\r\n4\r\nab\r\n\r\nA\r\n0123456789\r\n0\r\n\r\n';
const EMPTY = 'HTTP/1.1 204 No Content\r\ncontent-length: 0\r\n\r\n';

it.each([
  ['with a length', SIZED, { code: 200, body: 'ü€a' }],
  ['in chunks', CHUNKED, { code: 404, body: 'ab\r\n0123456789' }],
  ['without a body', EMPTY, { code: 204, body: '' }],
])('reads an answer %s, wherever the bytes are cut, and the next one behind it', (_what, text, answer) => {
  const bytes = Buffer.from(text);
  for (let cut = 0; cut <= bytes.length; cut++) {
    const reader = new ResponseReader();
    const parts = [bytes.subarray(0, cut), bytes.subarray(cut)].filter(({ length }) => length > 0);
    expect(parts.map((part) => reader.push(part)).at(-1)).toEqual({ type: 'answer', ...answer });
    expect(reader.push(bytes)).toEqual({ type: 'answer', ...answer });
  }
});

it.each([
  ['has neither a length nor chunks', 'HTTP/1.1 200 OK\r\n\r\n'],
  ['goes on behind its end', `${EMPTY}HTTP`],
])('refuses an answer that %s', (_what, text) => {
  expect(() => new ResponseReader().push(Buffer.from(text))).toThrow();
});
