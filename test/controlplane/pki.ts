import 'reflect-metadata';
import { generateKeyPairSync, webcrypto } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as x509 from '@peculiar/x509';

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;
const DAYS = 30;

/** A folder with the keys and certificates of a control plane, made anew for each sandbox. Paths, PEM. */
export type Pki = {
  /** Signs the API server and its clients. */
  ca: string;
  frontProxyCa: string;
  serviceAccountKey: string;
  serviceAccountPublicKey: string;
  apiserver: KeyPair;
  frontProxyClient: KeyPair;
  admin: KeyPair;
  kubeControllerManager: KeyPair;
  kubeScheduler: KeyPair;
};

export type KeyPair = { certificate: string; key: string };

/** Makes the two CAs apart, as a real cluster keeps them, and everything they sign. */
export async function makePki(folder: string, address: string): Promise<Pki> {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const ca = await Authority.make(folder, 'ca');
  const frontProxyCa = await Authority.make(folder, 'front-proxy-ca');

  const serviceAccount = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
  return {
    ca: ca.certificateFile,
    frontProxyCa: frontProxyCa.certificateFile,
    serviceAccountKey: write(folder, 'sa.key', serviceAccount.privateKey),
    serviceAccountPublicKey: write(folder, 'sa.pub', serviceAccount.publicKey),
    apiserver: await ca.sign('apiserver', 'CN=kube-apiserver', [
      { type: 'dns', value: 'localhost' },
      { type: 'dns', value: 'kubernetes' },
      { type: 'dns', value: 'kubernetes.default.svc' },
      { type: 'ip', value: address },
      { type: 'ip', value: '127.0.0.1' },
      { type: 'ip', value: '10.96.0.1' },
    ]),
    frontProxyClient: await frontProxyCa.sign('front-proxy-client', 'CN=front-proxy-client'),
    admin: await ca.sign('admin', 'O=system:masters,CN=admin'),
    kubeControllerManager: await ca.sign('kube-controller-manager', 'CN=system:kube-controller-manager'),
    kubeScheduler: await ca.sign('kube-scheduler', 'CN=system:kube-scheduler'),
  };
}

class Authority {
  readonly #folder: string;
  readonly #certificate: x509.X509Certificate;
  readonly #key: webcrypto.CryptoKey;
  readonly certificateFile: string;

  private constructor(
    folder: string,
    name: string,
    made: { certificate: x509.X509Certificate; key: webcrypto.CryptoKey },
  ) {
    this.#folder = folder;
    this.#certificate = made.certificate;
    this.#key = made.key;
    this.certificateFile = write(folder, `${name}.crt`, made.certificate.toString('pem'));
  }

  static async make(folder: string, name: string): Promise<Authority> {
    const keys = await webcrypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
    const certificate = await x509.X509CertificateGenerator.createSelfSigned({
      ...validity(),
      name: `CN=${name}`,
      keys,
      signingAlgorithm: ALGORITHM,
      extensions: [
        new x509.BasicConstraintsExtension(true, undefined, true),
        new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
        await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
      ],
    });
    return new Authority(folder, name, { certificate, key: keys.privateKey });
  }

  async sign(name: string, subject: string, names: x509.JsonGeneralNames = []): Promise<KeyPair> {
    const keys = await webcrypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
    const { serverAuth, clientAuth } = x509.ExtendedKeyUsage;
    const certificate = await x509.X509CertificateGenerator.create({
      ...validity(),
      subject,
      issuer: this.#certificate.subject,
      publicKey: keys.publicKey,
      signingKey: this.#key,
      signingAlgorithm: ALGORITHM,
      extensions: [
        new x509.ExtendedKeyUsageExtension([serverAuth, clientAuth]),
        await x509.AuthorityKeyIdentifierExtension.create(this.#certificate),
        ...(names.length > 0 ? [new x509.SubjectAlternativeNameExtension(names)] : []),
      ],
    });
    const key = x509.PemConverter.encode(await webcrypto.subtle.exportKey('pkcs8', keys.privateKey), 'PRIVATE KEY');
    return {
      certificate: write(this.#folder, `${name}.crt`, certificate.toString('pem')),
      key: write(this.#folder, `${name}.key`, key),
    };
  }
}

function validity(): { notBefore: Date; notAfter: Date } {
  // an hour back: the clocks of two processes may differ by a little
  const now = Date.now();
  return { notBefore: new Date(now - 3_600_000), notAfter: new Date(now + DAYS * 86_400_000) };
}

function write(folder: string, name: string, content: string): string {
  const path = join(folder, name);
  writeFileSync(path, content, { mode: 0o600 });
  return path;
}
