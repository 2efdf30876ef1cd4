import type { AddressInfo } from 'node:net';
import { connect, createServer } from 'node:tls';
import { certificateMaker, selfSignedForLoopback } from '../../../src/adapters/certificates/maker.ts';
import { InvalidError } from '../../../src/domain/errors.ts';
import type { ServingCertificate } from '../../../src/ports/serving-certificate.ts';

const DAY = 86_400_000;
const now = { from: new Date(), days: 30 };
const names = { dnsNames: ['tidecaster.ns.svc', 'localhost'], ipAddresses: ['127.0.0.1', '::1'] };

/** A real TLS handshake: 'verified', or the code of what the client found wrong. */
async function handshake(
  served: Pick<ServingCertificate, 'certificatePem' | 'privateKeyPem'>,
  client: { ca: string; servername: string },
): Promise<string> {
  const server = createServer({ cert: served.certificatePem, key: served.privateKeyPem }, (socket) => socket.end());
  server.on('tlsClientError', () => {}); // the client says what it was
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  try {
    return await new Promise((resolve) => {
      const socket = connect({ port, host: '127.0.0.1', ...client }, () => {
        socket.destroy();
        resolve('verified');
      }).on('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
    });
  } finally {
    await new Promise((resolve) => server.close(resolve));
  }
}

describe('certificateMaker', () => {
  it.each(['tidecaster.ns.svc', 'localhost'])(
    'issues what a client verifies as %s by its CA alone',
    async (servername) => {
      const issued = await certificateMaker.issue(names, now);
      expect(await handshake(issued, { ca: issued.caPem, servername })).toBe('verified');
    },
  );

  it('issues what no client takes for another name, or by another CA', async () => {
    const [issued, other] = [await certificateMaker.issue(names, now), await certificateMaker.issue(names, now)];
    expect(await handshake(issued, { ca: issued.caPem, servername: 'elsewhere.ns.svc' })).toBe(
      'ERR_TLS_CERT_ALTNAME_INVALID',
    );
    expect(await handshake(issued, { ca: other.caPem, servername: 'localhost' })).toMatch(/UNABLE_TO|SELF_SIGNED/);
  });

  it('lets a bundle of the old and the new CA verify both certificates', async () => {
    const [old, fresh] = [await certificateMaker.issue(names, now), await certificateMaker.issue(names, now)];
    const ca = fresh.caPem + old.caPem;
    expect(await handshake(old, { ca, servername: 'localhost' })).toBe('verified');
    expect(await handshake(fresh, { ca, servername: 'localhost' })).toBe('verified');
  });

  it('reads what it issued', async () => {
    const facts = certificateMaker.inspect(await certificateMaker.issue(names, now));
    expect(facts).toMatchObject({ dnsNames: names.dnsNames, signedByCa: true, keyMatches: true });
    expect(facts?.ipAddresses).toHaveLength(2);
    expect(Math.round(((facts?.notAfter ?? 0) - now.from.getTime()) / DAY)).toBe(30);
    expect(facts?.notBefore).toBeLessThan(now.from.getTime());
  });

  it('sees a key and a CA that do not belong', async () => {
    const [one, two] = [await certificateMaker.issue(names, now), await certificateMaker.issue(names, now)];
    expect(certificateMaker.inspect({ ...one, privateKeyPem: two.privateKeyPem })?.keyMatches).toBe(false);
    expect(certificateMaker.inspect({ ...one, caPem: two.caPem })?.signedByCa).toBe(false);
    expect(certificateMaker.inspect({ ...one, caPem: one.certificatePem })?.signedByCa).toBe(false);
    expect(certificateMaker.inspect({ ...one, caPem: two.caPem + one.caPem })?.signedByCa).toBe(true);
    expect(certificateMaker.inspect({ ...one, certificatePem: 'nonsense' })).toBeNull();
  });

  it('takes a bundle apart and leaves out what cannot be read', async () => {
    const [one, two] = [await certificateMaker.issue(names, now), await certificateMaker.issue(names, now)];
    const broken = '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n';
    const bundle = certificateMaker.bundle(`# ours\n${one.caPem}${broken}\n\n${two.caPem.trim()}`);
    expect(bundle.map(({ pem }) => pem)).toEqual([one.caPem, two.caPem]);
  });

  it('copes with a name longer than a common name may be', async () => {
    const long = `${'a'.repeat(60)}.${'b'.repeat(60)}.svc`;
    const issued = await certificateMaker.issue({ dnsNames: [long], ipAddresses: [] }, now);
    expect(await handshake(issued, { ca: issued.caPem, servername: long })).toBe('verified');
  });

  it.each([
    ['no name', { dnsNames: [], ipAddresses: [] }, 'needs a DNS name or an IP address'],
    ['an address that is none', { dnsNames: ['a'], ipAddresses: ['10.0.0'] }, 'got 10.0.0'],
  ])('refuses %s', async (_, wrong, text) => {
    const issuing = certificateMaker.issue(wrong, now);
    await expect(issuing).rejects.toBeInstanceOf(InvalidError);
    await expect(issuing).rejects.toThrow(text);
  });
});

describe('selfSignedForLoopback', () => {
  it('is trusted by those who are given it, and by nobody else', async () => {
    const pair = await selfSignedForLoopback(now);
    expect(await handshake(pair, { ca: pair.certificatePem, servername: 'localhost' })).toBe('verified');
    const other = await selfSignedForLoopback(now);
    expect(await handshake(pair, { ca: other.certificatePem, servername: 'localhost' })).not.toBe('verified');
  });
});
