import { VALID_DAYS, renewal, trusted, type Names } from '../domain/certificate-renewal.ts';
import { ConflictError, describeError } from '../domain/errors.ts';
import type { Clock } from '../ports/clock.ts';
import type {
  CertificateMaker,
  CertificateStore,
  StoredCertificate,
  TrustAnchor,
} from '../ports/serving-certificate.ts';

/** How often it starts anew when somebody else wrote in between, such as a second Job. */
const ATTEMPTS = 5;

/** Milliseconds for every API server to hear of a new caBundle before a certificate is shown that needs it. */
const SETTLE = 3_000;

export type CertificateWorld = {
  clock: Clock;
  maker: CertificateMaker;
  store: CertificateStore;
  /** Each APIService that reaches the server. */
  anchors: readonly TrustAnchor[];
};

/** What was done, for a person to read; times in epoch milliseconds. */
export type CertificateOutcome = {
  /** Why a new certificate was made; null where the one in the store was kept. */
  renewed: string | null;
  notAfter: number;
  renewAt: number;
  /** Names of the anchors whose bundle was written. */
  trustWritten: string[];
  /** Anchors whose bundle somebody else had written last, and who: a writer that goes on breaks what we write. */
  otherWriters: OtherWriter[];
};

export type OtherWriter = { anchor: string; manager: string };

/**
 * `tidecaster certs`: a serving certificate in the store, and its CA trusted by each anchor. Level-based: run twice it changes
 * nothing, killed at any point it is finished by the next run.
 *
 * The order keeps every request working: the new CA is trusted beside the old one first, then the new certificate is stored,
 * and a run at least an hour later drops the old CA.
 * @throws NotFoundError where an anchor is missing, ConflictError, ForbiddenError, UnavailableError
 */
export async function ensureCertificates(world: CertificateWorld, names: Names): Promise<CertificateOutcome> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await ensureOnce(world, names);
    } catch (error) {
      if (!(error instanceof ConflictError)) throw error;
      if (attempt === ATTEMPTS) {
        const message = `gave up after ${ATTEMPTS} attempts, each overtaken by another writer: ${describeError(error)}`;
        throw new ConflictError(message, { cause: error.cause });
      }
      await world.clock.sleep(attempt * 200);
    }
  }
}

async function ensureOnce(world: CertificateWorld, names: Names): Promise<CertificateOutcome> {
  const { clock, maker, store } = world;
  const now = clock.now().toMillis();
  const stored = await store.read();
  const decision = renewal(now, stored.certificate && maker.inspect(stored.certificate), names);
  if (decision.type === 'Renew') return renew(world, names, { now, stored, why: decision.message });

  const { notBefore, notAfter } = decision.facts;
  const caPem = stored.certificate?.caPem ?? '';
  const done = await trust(world, { now, caPem, earlierPem: '', servedSince: notBefore });
  return { renewed: null, notAfter, renewAt: decision.renewAt, ...done };
}

type Renewing = { now: number; stored: StoredCertificate; why: string };

async function renew(world: CertificateWorld, names: Names, renewing: Renewing): Promise<CertificateOutcome> {
  const { clock, maker, store } = world;
  const { now, stored, why } = renewing;
  const certificate = await maker.issue(names, { from: new Date(now), days: VALID_DAYS });
  const made = renewal(now, maker.inspect(certificate), names);
  if (made.type === 'Renew') throw new Error(`the certificate just made would be made again: ${made.message}`);

  const earlierPem = stored.certificate?.caPem ?? '';
  const done = await trust(world, { now, caPem: certificate.caPem, earlierPem, servedSince: null });
  if (done.trustWritten.length > 0) await clock.sleep(SETTLE);
  await store.write(certificate, stored);
  return { renewed: why, notAfter: made.facts.notAfter, renewAt: made.renewAt, ...done };
}

/** caPem: the CA of what is served from now on; earlierPem: of what was served until now; servedSince: see trusted(). */
type Trusting = { now: number; caPem: string; earlierPem: string; servedSince: number | null };

/**
 * Makes each anchor trust the CA, beside what it must still trust. Whatever somebody else writes meanwhile, each is written at most
 * once a run: the next run is another day's.
 */
async function trust(
  world: CertificateWorld,
  trusting: Trusting,
): Promise<Pick<CertificateOutcome, 'trustWritten' | 'otherWriters'>> {
  const { maker, anchors } = world;
  const { now, servedSince } = trusting;
  const current = maker.bundle(trusting.caPem);
  const trustWritten: string[] = [];
  const otherWriters: OtherWriter[] = [];
  for (const anchor of anchors) {
    const found = await anchor.read();
    if (found.otherWriter !== null) otherWriters.push({ anchor: anchor.name, manager: found.otherWriter });
    const earlier = maker.bundle(trusting.earlierPem + found.caPem);
    const caPem = trusted({ now, current, earlier, servedSince }).join('');
    if (caPem === found.caPem) continue;
    await anchor.write(caPem, found);
    trustWritten.push(anchor.name);
  }
  return { trustWritten, otherWriters };
}
