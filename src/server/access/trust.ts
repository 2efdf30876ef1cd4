import { type Repeating, repeat } from '../../app/repeat.ts';
import { describeError } from '../../domain/errors.ts';
import type { CertificateAuthority, ClientCertificates } from '../../ports/client-certificates.ts';
import type { ClientTrustSource, FrontProxyTrust, TrustFollowing } from '../../ports/client-trust.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Log } from '../../ports/log.ts';
import type { ServingRecorder } from '../../ports/serving-recorder.ts';
import { saysWho } from './front-proxy.ts';

/**
 * Whom to believe now. Another object as soon as anything of it changes, so that what was decided by the old one is decided
 * anew. null where there is none of the kind.
 */
export type Trust = {
  clients: CertificateAuthority | null;
  frontProxy: (FrontProxyTrust & { authority: CertificateAuthority; saysWho: RegExp }) | null;
};

export type TrustFollower = {
  /** null as long as it could not be read, and then no certificate counts. */
  trust(): Trust | null;
  /** Reads for the first time, and again whenever it changes, and besides. Does not fail: what cannot be read is in the log. */
  start(): Promise<void>;
  close(): Promise<void>;
};

export type TrustFollowerOptions = {
  source: ClientTrustSource;
  certificates: ClientCertificates;
  clock: Clock;
  log: Log;
  recorder: Pick<ServingRecorder, 'trustRead'>;
};

/** Changes are told, where we may watch. The reads in between are for what was missed, and prove that it can be read. */
const EVERY_SECONDS = 30;
/** Until it was read once no certificate counts, so then it is tried more often. */
const FIRST_EVERY_SECONDS = 2;

/** Keeps to what the source says; while that cannot be read or used, to what it said last. */
export function followTrust({ source, certificates, clock, log, recorder }: TrustFollowerOptions): TrustFollower {
  let trust: Trust | null = null;
  let text = '';
  let loop: Repeating | null = null;
  let following: TrustFollowing | null = null;
  let reading: Promise<void> = Promise.resolve();

  /** One after the other, so that what was read first is not believed last. */
  function read(): Promise<void> {
    reading = reading.then(readOnce);
    return reading;
  }

  async function readOnce(): Promise<void> {
    try {
      const next = await source.read();
      const nextText = JSON.stringify(next);
      if (nextText === text) return recorder.trustRead(clock.now().toSeconds());
      const { clientCaPem, frontProxy } = next;
      trust = {
        clients: clientCaPem === null ? null : certificates.authority(clientCaPem),
        frontProxy: frontProxy && {
          ...frontProxy,
          authority: certificates.authority(frontProxy.caPem),
          saysWho: saysWho(frontProxy),
        },
      };
      text = nextText;
      recorder.trustRead(clock.now().toSeconds());
      log.info({ clients: clientCaPem !== null, frontProxy: frontProxy !== null }, 'the CAs of clients were read');
    } catch (error) {
      log.warn({ error: describeError(error) }, 'the CAs of clients cannot be read, the last ones stay');
    }
  }

  return {
    trust: () => trust,
    async start() {
      await read();
      following = source.follow(() => void read());
      let first = true;
      const seconds = (): number => (trust === null ? FIRST_EVERY_SECONDS : EVERY_SECONDS);
      loop = repeat(clock, seconds, async () => {
        if (!first) await read();
        first = false;
      });
    },
    async close() {
      await following?.close();
      await loop?.close();
    },
  };
}
