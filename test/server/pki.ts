import 'reflect-metadata';
import {
  BasicConstraintsExtension,
  type Extension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  X509CertificateGenerator,
} from '@peculiar/x509';
import {
  type Pair,
  certificatePem,
  makeCa,
  makeServingCert,
  privateKeyPem,
} from '../../src/adapters/certificates/issue.ts';
import type { KeyPair } from '../../src/ports/certificate-source.ts';

const VALID = { from: new Date(), days: 1 };
const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
const HOUR = 3_600_000;

export const pemOf = async (pair: Pair): Promise<KeyPair> => ({
  certificatePem: certificatePem(pair),
  privateKeyPem: await privateKeyPem(pair),
});

/** A serving certificate for loopback, signed by this CA. */
export const aServer = async (ca: Pair): Promise<KeyPair> =>
  pemOf(await makeServingCert({ dnsNames: ['localhost'], ipAddresses: ['127.0.0.1'] }, VALID, ca));

/** A CA that may sign one more CA below it. */
export async function aCa(): Promise<Pair> {
  const made = await makeCa(VALID);
  return signed(made, made.certificate.subject, [new BasicConstraintsExtension(true, 1, true)], { keys: made.keys });
}

type About = {
  usage?: 'clientAuth' | 'serverAuth';
  organizations?: string[];
  /** From and until, hours from now. */
  hours?: readonly [number, number];
};

/** A certificate with this common name, signed by this CA, by default for a client. */
export const aClient = async (ca: Pair, commonName: string, about: About = {}): Promise<KeyPair> =>
  pemOf(await client(ca, commonName, about));

function client(ca: Pair, commonName: string, about: About): Promise<Pair> {
  const { usage = 'clientAuth', organizations = [], hours } = about;
  const subject = [{ CN: [commonName] }, ...organizations.map((name) => ({ O: [name] }))];
  return signed(ca, subject, [new ExtendedKeyUsageExtension([ExtendedKeyUsage[usage]])], { ...(hours && { hours }) });
}

/** A client's certificate and what leads from it to the CA: so many CAs in between; with 0 one that is none. */
export async function throughIntermediate(ca: Pair, commonName: string, cas = 1): Promise<KeyPair> {
  const between: Pair[] = [];
  for (let at = 0; at < Math.max(cas, 1); at++) {
    const above = between.at(-1) ?? ca;
    between.push(await signed(above, `CN=between-${at}`, [new BasicConstraintsExtension(cas > 0, undefined, true)]));
  }
  const pair = await pemOf(await client(between.at(-1) ?? ca, commonName, {}));
  return { ...pair, certificatePem: pair.certificatePem + between.toReversed().map(certificatePem).join('') };
}

type Subject = string | Record<string, string[]>[];

async function signed(
  ca: Pair,
  subject: Subject,
  extensions: Extension[],
  about: { keys?: Pair['keys']; hours?: readonly [number, number] } = {},
): Promise<Pair> {
  const { hours: [from, until] = [-1, 1] } = about;
  const keys = about.keys ?? (await crypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']));
  const certificate = await X509CertificateGenerator.create({
    subject,
    issuer: ca.certificate.subject,
    notBefore: new Date(Date.now() + from * HOUR),
    notAfter: new Date(Date.now() + until * HOUR),
    signingAlgorithm: ALGORITHM,
    publicKey: keys.publicKey,
    signingKey: ca.keys.privateKey,
    extensions,
  });
  return { certificate, keys };
}
