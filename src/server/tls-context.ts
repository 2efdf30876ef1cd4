import type { Server as HttpsServer, ServerOptions } from 'node:https';
import { type Repeating, repeat } from '../app/repeat.ts';
import { describeError } from '../domain/errors.ts';
import type { CertificateSource, KeyPair } from '../ports/certificate-source.ts';
import type { Clock } from '../ports/clock.ts';
import type { FrontProxySource, FrontProxyTrust } from '../ports/front-proxy.ts';
import type { Log } from '../ports/log.ts';

/** Who is let in: whom the API server's front proxy vouches for, or everyone (for loopback only). */
export type Authentication = { type: 'front-proxy'; source: FrontProxySource } | { type: 'none' };

export type TlsContextOptions = {
  certificate: CertificateSource;
  authentication: Authentication;
  clock: Clock;
  log: Log;
};

/** The certificate shown and the CA believed, both kept as their sources say while the server runs. */
export type TlsContext = {
  /** For https.createServer. Reads both for the first time. @throws what the certificate's source throws */
  options(): Promise<ServerOptions>;
  /** Keeps a server's context current from now on. */
  follow(server: HttpsServer): void;
  /** Whom to believe now; null as long as it could not be read, and then nobody is let in. */
  trust(): FrontProxyTrust | null;
  close(): Promise<void>;
};

const CERTIFICATE_EVERY_SECONDS = 5;
const TRUST_EVERY_SECONDS = 30;
/** Until it was read once nobody is let in, so then it is tried more often. */
const FIRST_TRUST_EVERY_SECONDS = 2;

export function createTlsContext({ certificate, authentication, clock, log }: TlsContextOptions): TlsContext {
  let pair: KeyPair | null = null;
  let trust: FrontProxyTrust | null = null;
  let loops: Repeating[] = [];

  /** Only the front proxy's CA may stand in `ca`: `authorized` of a socket is true for a chain to any CA that stands there. */
  const secure = (of: KeyPair | null): ServerOptions => ({
    ...(of && { cert: of.certificatePem, key: of.privateKeyPem }),
    // An empty list and not undefined, which would mean every public CA.
    ca: trust === null ? [] : [trust.clientCaPem],
    minVersion: 'TLSv1.2',
  });

  async function refreshTrust(server: HttpsServer | null): Promise<void> {
    if (authentication.type === 'none') return;
    const before = trust;
    try {
      trust = await authentication.source.read();
      if (server && trust.clientCaPem !== before?.clientCaPem) {
        server.setSecureContext(secure(pair));
        // A connection keeps the verdict of its handshake: those that idle must make a new one.
        server.closeIdleConnections();
        log.info({}, "the front proxy's CA was read, it is believed from now on");
      }
    } catch (error) {
      trust = before;
      log.warn({ error: describeError(error) }, "the front proxy's CA cannot be read, the last one stays");
    }
  }

  async function refreshCertificate(server: HttpsServer): Promise<void> {
    try {
      const next = await certificate.read();
      if (next.certificatePem === pair?.certificatePem && next.privateKeyPem === pair.privateKeyPem) return;
      // Throws where the two do not belong together, as when only one of two files has been replaced so far.
      server.setSecureContext(secure(next));
      pair = next;
      log.info({}, 'the serving certificate changed, the new one is shown from now on');
    } catch (error) {
      log.warn({ error: describeError(error) }, 'the serving certificate cannot be used, the last one stays');
    }
  }

  return {
    async options() {
      pair = await certificate.read();
      await refreshTrust(null);
      // Asked for, not required: health endpoints answer everyone, and a refusal is a Status, not a broken handshake.
      return { ...secure(pair), requestCert: authentication.type === 'front-proxy', rejectUnauthorized: false };
    },
    follow(server) {
      const untilTrust = (): number => (trust === null ? FIRST_TRUST_EVERY_SECONDS : TRUST_EVERY_SECONDS);
      const after = (seconds: () => number, task: () => Promise<void>): Repeating => {
        let first = true;
        // options() has just read both.
        return repeat(clock, seconds, async () => {
          if (!first) await task();
          first = false;
        });
      };
      loops = [
        after(
          () => CERTIFICATE_EVERY_SECONDS,
          () => refreshCertificate(server),
        ),
      ];
      if (authentication.type === 'front-proxy') loops.push(after(untilTrust, () => refreshTrust(server)));
    },
    trust: () => trust,
    async close() {
      await Promise.all(loops.map((loop) => loop.close()));
      loops = [];
    },
  };
}
