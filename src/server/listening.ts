import type { Server as HttpServer } from 'node:http';
import type { Server as HttpsServer } from 'node:https';
import { UnavailableError } from '../domain/errors.ts';

/** Where to listen; port 0 takes a free one. */
export type Endpoint = { address: string; port: number };

/** A server that listens, at the address and port that it got. */
export type Listening = Endpoint & {
  /** Takes no more connections, lets requests in flight end, then closes. Those that hang are cut after some seconds. */
  close(): Promise<void>;
};

const CUT_AFTER_MILLISECONDS = 5000;
const LOOK_EVERY_MILLISECONDS = 50;

/** @throws UnavailableError when the address cannot be had, such as a port in use */
export async function listen(server: HttpServer | HttpsServer, { address, port }: Endpoint): Promise<Listening> {
  await new Promise<void>((resolve, reject) => {
    const refuse = (cause: Error): void =>
      reject(new UnavailableError(`cannot listen on ${address}:${port}`, { cause }));
    server.once('error', refuse);
    server.listen({ host: address, port }, () => {
      server.off('error', refuse);
      resolve();
    });
  });
  const bound = server.address();
  if (bound === null || typeof bound === 'string') throw new Error('a TCP server has an address while it listens');
  let closing: Promise<void> | null = null;
  return {
    address: bound.address,
    port: bound.port,
    close: () => (closing ??= closeGently(server)),
  };
}

function closeGently(server: HttpServer | HttpsServer): Promise<void> {
  return new Promise((resolve) => {
    // A kept-alive connection becomes idle when its request ends, and nobody tells: so look again and again.
    const look = setInterval(() => server.closeIdleConnections(), LOOK_EVERY_MILLISECONDS);
    const cut = setTimeout(() => server.closeAllConnections(), CUT_AFTER_MILLISECONDS);
    server.close(() => {
      clearInterval(look);
      clearTimeout(cut);
      resolve();
    });
    server.closeIdleConnections();
  });
}
