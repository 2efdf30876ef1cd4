/** An answer as far as a load generator cares. */
export type Answer = { type: 'answer'; code: number; body: string };

/** What becomes of a request. */
export type Outcome = Answer | { type: 'none'; why: string };

const HEAD_END = Buffer.from('\r\n\r\n');
const NOTHING = Buffer.alloc(0);

/**
 * Takes the bytes of one kept-alive HTTP/1.1 connection apart, one answer after another. Small on purpose: node:http would cost
 * the client more than a fast server needs, and the client would be what is measured.
 */
export class ResponseReader {
  #bytes: Buffer = NOTHING;

  /**
   * The answer that these bytes complete; null while there is more to come.
   *
   * @throws Error when they are no HTTP/1.1 answer with a length or chunks, or more than one answer to one request
   */
  push(chunk: Buffer): Answer | null {
    this.#bytes = this.#bytes.length === 0 ? chunk : Buffer.concat([this.#bytes, chunk]);
    const headEnd = this.#bytes.indexOf(HEAD_END);
    if (headEnd < 0) return null;
    const head = this.#bytes.toString('latin1', 0, headEnd);
    const code = Number(/^HTTP\/1\.1 (\d{3})/.exec(head)?.[1]);
    const start = headEnd + HEAD_END.length;
    const length = /\r\ncontent-length: *(\d+)/i.exec(head)?.[1];
    if (length !== undefined) return this.#sized(code, start, start + Number(length));
    if (/\r\ntransfer-encoding: *chunked/i.test(head)) return this.#chunked(code, start);
    throw new Error(`neither a length nor chunks: ${head.slice(0, 200)}`);
  }

  #sized(code: number, start: number, end: number): Answer | null {
    return this.#bytes.length < end
      ? null
      : this.#done({ type: 'answer', code, body: this.#bytes.toString('utf8', start, end) }, end);
  }

  #chunked(code: number, start: number): Answer | null {
    const parts: Buffer[] = [];
    for (let at = start; ;) {
      const lineEnd = this.#bytes.indexOf('\r\n', at);
      if (lineEnd < 0) return null;
      const size = Number.parseInt(this.#bytes.toString('latin1', at, lineEnd), 16);
      const end = lineEnd + 2 + size;
      if (this.#bytes.length < end + 2) return null;
      if (size === 0) return this.#done({ type: 'answer', code, body: Buffer.concat(parts).toString('utf8') }, end + 2);
      parts.push(this.#bytes.subarray(lineEnd + 2, end));
      at = end + 2;
    }
  }

  #done(answer: Answer, end: number): Answer {
    if (this.#bytes.length > end) throw new Error(`${this.#bytes.length - end} bytes behind the answer`);
    this.#bytes = NOTHING;
    return answer;
  }
}
