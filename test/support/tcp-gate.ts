import { type Socket, connect, createServer } from 'node:net';

/** open: bytes pass. shut: nobody listens, and what was open is cut. silent: connections are taken and kept, and nothing passes. */
export type GateState = 'open' | 'shut' | 'silent';

/** A port on loopback that leads to another one, and can be cut off at any moment. */
export type TcpGate = {
  port: number;
  is(state: GateState): Promise<void>;
  close(): Promise<void>;
};

export async function startTcpGate(to: { host: string; port: number }, address = '127.0.0.1'): Promise<TcpGate> {
  let state: GateState = 'open';
  const sockets = new Set<Socket>();

  const keep = (socket: Socket): Socket => {
    sockets.add(socket);
    // A cut connection is what it is for.
    socket.on('error', () => socket.destroy());
    return socket.on('close', () => sockets.delete(socket));
  };
  const server = createServer((incoming) => {
    keep(incoming);
    if (state !== 'open') return;
    const outgoing = keep(connect(to));
    incoming.pipe(outgoing).pipe(incoming);
    incoming.on('close', () => outgoing.destroy());
    outgoing.on('close', () => incoming.destroy());
  });
  const listen = (port: number): Promise<void> =>
    new Promise((resolve, reject) => {
      server.once('error', reject).listen(port, address, () => {
        server.off('error', reject);
        resolve();
      });
    });
  const cut = (): void => {
    for (const socket of sockets) socket.destroy();
  };
  const stop = (): Promise<void> =>
    new Promise((resolve) => {
      server.close(() => resolve());
      cut();
    });

  await listen(0);
  const bound = server.address();
  if (bound === null || typeof bound === 'string') throw new Error('a TCP server has an address');
  return {
    port: bound.port,
    async is(next) {
      state = next;
      if (next === 'silent') for (const socket of sockets) socket.unpipe().pause();
      // What was silent stays so: a client has to come again.
      if (next === 'open') cut();
      if (next === 'shut' && server.listening) await stop();
      if (next !== 'shut' && !server.listening) await listen(bound.port);
    },
    close: stop,
  };
}
