import 'reflect-metadata'; // @peculiar/x509 needs it, and needs it first
import type { webcrypto } from 'node:crypto';
import { isIP } from 'node:net';
import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  PemConverter,
  SubjectAlternativeNameExtension,
  SubjectKeyIdentifierExtension,
  X509CertificateGenerator,
  type X509Certificate,
} from '@peculiar/x509';
import { type Names } from '../../domain/certificate-renewal.ts';
import { InvalidError } from '../../domain/errors.ts';

/** ECDSA P-256: what every TLS 1.2 and 1.3 client takes, made in a millisecond. */
const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };

const DAY = 86_400_000;

/** A clock that is a minute behind must not refuse a certificate that was made just now. */
const CLOCK_SKEW = 60_000;

export type Validity = { from: Date; days: number };

/** A certificate and the key that goes with it, in memory. */
export type Pair = { certificate: X509Certificate; keys: webcrypto.CryptoKeyPair };

/** A CA that signs itself, may sign servers and no other CA. Each has a name of its own, so that two are told apart in a bundle. */
export async function makeCa(valid: Validity): Promise<Pair> {
  const keys = await makeKeys();
  const serialNumber = randomSerial();
  const certificate = await X509CertificateGenerator.createSelfSigned({
    serialNumber,
    name: `CN=tidecaster-ca-${serialNumber.slice(0, 8)}`,
    ...period(valid),
    signingAlgorithm: ALGORITHM,
    keys,
    extensions: [
      new BasicConstraintsExtension(true, 0, true),
      new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
      await SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return { certificate, keys };
}

/** A serving certificate for these names, signed by this CA; without a CA by itself. @throws InvalidError where there is no name */
export async function makeServingCert(names: Names, valid: Validity, ca: Pair | null): Promise<Pair> {
  const [first] = [...names.dnsNames, ...names.ipAddresses];
  if (first === undefined) throw new InvalidError('a serving certificate needs a DNS name or an IP address, got none');
  const notIp = names.ipAddresses.find((address) => isIP(address) === 0);
  if (notIp !== undefined) throw new InvalidError(`expected an IP address for the serving certificate, got ${notIp}`);
  const keys = await makeKeys();
  // The name is for people: clients verify the alternative names. RFC 5280 allows a common name 64 characters.
  const subject = [{ CN: [first.slice(0, 64)] }];
  const certificate = await X509CertificateGenerator.create({
    serialNumber: randomSerial(),
    subject,
    issuer: ca ? ca.certificate.subjectName.toJSON() : subject,
    ...period(valid),
    signingAlgorithm: ALGORITHM,
    publicKey: keys.publicKey,
    signingKey: (ca?.keys ?? keys).privateKey,
    extensions: [
      new BasicConstraintsExtension(false, undefined, true),
      new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
      new ExtendedKeyUsageExtension([ExtendedKeyUsage.serverAuth]),
      new SubjectAlternativeNameExtension([
        ...names.dnsNames.map((value) => ({ type: 'dns', value }) as const),
        ...names.ipAddresses.map((value) => ({ type: 'ip', value }) as const),
      ]),
      await SubjectKeyIdentifierExtension.create(keys.publicKey),
      await AuthorityKeyIdentifierExtension.create(ca?.certificate ?? keys.publicKey),
    ],
  });
  return { certificate, keys };
}

/** PEM with a newline at its end, so that bundles are made by joining. */
export const certificatePem = ({ certificate }: Pair): string => `${certificate.toString('pem').trim()}\n`;

/** The private key as PKCS#8, PEM. */
export async function privateKeyPem({ keys }: Pair): Promise<string> {
  const der = await crypto.subtle.exportKey('pkcs8', keys.privateKey);
  return `${PemConverter.encode(der, 'PRIVATE KEY').trim()}\n`;
}

const makeKeys = (): Promise<webcrypto.CryptoKeyPair> => crypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);

const period = ({ from, days }: Validity): { notBefore: Date; notAfter: Date } => ({
  notBefore: new Date(from.getTime() - CLOCK_SKEW),
  notAfter: new Date(from.getTime() + days * DAY),
});

/** 127 random bits: positive, as RFC 5280 wants it. */
function randomSerial(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[0] = (bytes[0]! & 0x3f) | 0x40;
  return Buffer.from(bytes).toString('hex');
}
