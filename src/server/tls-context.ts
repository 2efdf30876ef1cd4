import { X509Certificate, constants } from 'node:crypto';
import type { Server as HttpsServer, ServerOptions } from 'node:https';
import { type Repeating, repeat } from '../app/repeat.ts';
import { describeError } from '../domain/errors.ts';
import type { CertificateSource, KeyPair } from '../ports/certificate-source.ts';
import type { Clock } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';
import type { ServingRecorder } from '../ports/serving-recorder.ts';

export type TlsContextOptions = {
  certificate: CertificateSource;
  clock: Clock;
  log: Log;
  recorder: Pick<ServingRecorder, 'certificateShown'>;
};

/** The certificate shown, kept as its source says while the server runs. Connections that stand keep the one that they saw. */
export type TlsContext = {
  /** For https.createServer. Reads it for the first time. @throws what the certificate's source throws */
  options(): Promise<ServerOptions>;
  /** Keeps a server's context current from now on. */
  follow(server: HttpsServer): void;
  close(): Promise<void>;
};

const EVERY_SECONDS = 5;

export function createTlsContext({ certificate, clock, log, recorder }: TlsContextOptions): TlsContext {
  let pair: KeyPair | null = null;
  let loop: Repeating | null = null;

  const secure = ({ certificatePem, privateKeyPem }: KeyPair): ServerOptions => ({
    cert: certificatePem,
    key: privateKeyPem,
    // No CA is known here: whose a client's certificate is, is decided bundle by bundle (access/connections.ts). An empty list and
    // not undefined, which would mean every public CA.
    ca: [],
    minVersion: 'TLSv1.2',
    // A resumed session has the client's certificate alone, without the intermediates that it sent.
    secureOptions: constants.SSL_OP_NO_TICKET,
  });

  /** Of a certificate that is none, the server says so itself. */
  function tell({ certificatePem }: KeyPair): void {
    try {
      recorder.certificateShown(new X509Certificate(certificatePem).validToDate.getTime() / 1000);
    } catch (error) {
      log.warn({ error: describeError(error) }, 'the serving certificate does not say when it ends');
    }
  }

  async function refresh(server: HttpsServer): Promise<void> {
    try {
      const next = await certificate.read();
      if (next.certificatePem === pair?.certificatePem && next.privateKeyPem === pair.privateKeyPem) return;
      // Throws where the two do not belong together, as when only one of two files has been replaced so far.
      server.setSecureContext(secure(next));
      pair = next;
      tell(pair);
      log.info({}, 'the serving certificate changed, the new one is shown from now on');
    } catch (error) {
      log.warn({ error: describeError(error) }, 'the serving certificate cannot be used, the last one stays');
    }
  }

  return {
    async options() {
      pair = await certificate.read();
      tell(pair);
      return secure(pair);
    },
    follow(server) {
      let first = true;
      loop = repeat(
        clock,
        () => EVERY_SECONDS,
        async () => {
          // options() has just read it.
          if (!first) await refresh(server);
          first = false;
        },
      );
    },
    async close() {
      await loop?.close();
    },
  };
}
