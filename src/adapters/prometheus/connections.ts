import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import type { Tls } from './credentials.ts';

/** Under Prometheus' own --query.max-concurrency, which is 20, so that we queue here and not there. */
const CONNECTIONS = 16;

/** The pool of connections to one backend. */
export type Connections = {
  /** The agents for axios. Another `tls` begins a new pool; calls that run on the old one end there. */
  agents(tls: Tls): { httpAgent: HttpAgent; httpsAgent: HttpsAgent };
  close(): void;
};

/**
 * One that nothing was sent on for so long is closed. Refreshing keeps those open that are needed, and a backend that no rule names any
 * more, or that is written otherwise, leaves none.
 */
const IDLE_MILLISECONDS = 60_000;

/** @param most connections at a time; what is more waits */
export function connections(most = CONNECTIONS, idleMilliseconds = IDLE_MILLISECONDS): Connections {
  // The agent closes what times out while it is free, and nothing else.
  const pool = { keepAlive: true, maxSockets: most, timeout: idleMilliseconds };
  const httpAgent = new HttpAgent(pool);
  let current: { tls: Tls; agent: HttpsAgent } | null = null;
  return {
    agents(tls) {
      if (current?.tls !== tls) {
        if (current) retire(current.agent);
        current = { tls, agent: new HttpsAgent({ ...pool, ...tls }) };
      }
      return { httpAgent, httpsAgent: current.agent };
    },
    close() {
      httpAgent.destroy();
      current?.agent.destroy();
    },
  };
}

/** Closes the sockets that wait now, and each other one when its call is over. */
function retire(agent: HttpsAgent): void {
  agent.maxFreeSockets = 0;
  for (const sockets of Object.values(agent.freeSockets)) for (const socket of sockets ?? []) socket.destroy();
}
