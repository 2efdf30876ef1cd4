import { createServer } from 'node:net';

/** Every component's port on the sandbox's own loopback address. One address a sandbox, so nothing has to hunt for ports. */
export const PORTS = {
  etcd: 2379,
  etcdPeer: 2380,
  kubeApiserver: 8443,
  kubeControllerManager: 10257,
  kubeScheduler: 10259,
  kwok: 10247,
  prometheus: 9090,
  simulator: 9100,
} as const;

/**
 * A loopback address of our own, 127.x.y.z, so that several sandboxes run beside each other on the usual ports. Where the
 * system answers on 127.0.0.1 alone (macOS), that one: then one sandbox at a time.
 * @throws Error naming the port when the address is taken
 */
export async function loopbackAddress(): Promise<string> {
  for (let attempt = 0; attempt < 5; attempt++) {
    const [x, y, z] = [randomByte(), randomByte(), randomByte()];
    const address = `127.${x}.${y}.${z}`;
    if ((await listenError(address, PORTS.kubeApiserver)) === null) return address;
  }
  for (const port of Object.values(PORTS)) {
    const error = await listenError('127.0.0.1', port);
    if (error) throw new Error(`port ${port} of 127.0.0.1 is not free for the sandbox`, { cause: error });
  }
  return '127.0.0.1';
}

/** 1..254: no part of the address is a network's or a broadcast's. */
function randomByte(): number {
  return 1 + Math.floor(Math.random() * 254);
}

function listenError(address: string, port: number): Promise<Error | null> {
  const server = createServer();
  return new Promise((resolve) => {
    server.once('error', resolve);
    server.listen(port, address, () => server.close(() => resolve(null)));
  });
}

/** The one node of the control plane, which kwok plays. */
export const NODE_NAME = 'node-0';
