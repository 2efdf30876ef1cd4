import { certificateMaker } from '../../src/adapters/certificates/maker.ts';
import { ensureCertificates, type CertificateOutcome } from '../../src/app/ensure-certificates.ts';
import { ConflictError, NotFoundError } from '../../src/domain/errors.ts';
import type {
  CertificateStore,
  ServingCertificate,
  StoredCertificate,
  Trust,
  TrustAnchor,
} from '../../src/ports/serving-certificate.ts';
import { TurnedClock } from '../support/turned-clock.ts';

const DAY = 86_400_000;
const names = { dnsNames: ['tidecaster.ns.svc'], ipAddresses: [] };

/** A Secret and APIServices in memory, with the API server's optimistic lock. */
class Platform {
  readonly clock = new TurnedClock();
  /** What was written, in order. */
  readonly events: string[] = [];
  stored: StoredCertificate = { certificate: null, version: null };
  readonly trust = new Map<string, Trust>();
  #version = 0;
  /** Runs once before the next write, as somebody else. */
  overtake: (() => void) | null = null;

  readonly store: CertificateStore = {
    name: 'Secret ns/s',
    read: async () => this.stored,
    write: async (certificate, previous) => {
      this.#overtaken();
      if (previous.version !== this.stored.version) throw new ConflictError('the Secret moved');
      this.put(certificate);
      this.events.push('certificate stored');
    },
  };

  anchor(name: string): TrustAnchor {
    return {
      name,
      read: async () => {
        const found = this.trust.get(name);
        if (!found) throw new NotFoundError(`${name} is not there`);
        return found;
      },
      write: async (caPem, previous) => {
        this.#overtaken();
        if (this.trust.get(name)?.version !== previous.version) throw new ConflictError(`${name} moved`);
        this.register(name, caPem);
        this.events.push(`${certificateMaker.bundle(caPem).length} trusted by ${name}`);
      },
    };
  }

  put(certificate: ServingCertificate | null): void {
    this.stored = { certificate, version: this.#next() };
  }

  register(name: string, caPem = '', otherWriter: string | null = null): void {
    this.trust.set(name, { caPem, otherWriter, uid: name, version: this.#next() });
  }

  trusts(name: string, certificate: ServingCertificate | null): boolean {
    const caPem = this.trust.get(name)?.caPem ?? '';
    return certificate !== null && certificateMaker.inspect({ ...certificate, caPem })?.signedByCa === true;
  }

  /** Runs the use-case while time passes. */
  async ensure(wanted = names, anchors = [...this.trust.keys()]): Promise<CertificateOutcome> {
    const world = {
      clock: this.clock,
      maker: certificateMaker,
      store: this.store,
      anchors: anchors.map((name) => this.anchor(name)),
    };
    const outcome = ensureCertificates(world, wanted);
    const ended = outcome.then(
      () => true,
      () => true,
    );
    const turned = (): Promise<boolean> => this.clock.turn(100).then(() => false);
    while (!(await Promise.race([turned(), ended])));
    return outcome;
  }

  #overtaken(): void {
    const overtake = this.overtake;
    this.overtake = null;
    overtake?.();
  }

  #next(): string {
    this.#version += 1;
    return `${this.#version}`;
  }
}

let platform: Platform;
beforeEach(() => {
  platform = new Platform();
  platform.register('external');
});

describe('ensureCertificates', () => {
  it('names who else writes a caBundle, and writes its own once a run, not in turns', async () => {
    await platform.ensure();
    expect((await platform.ensure()).otherWriters).toEqual([]);
    const theirs = (await certificateMaker.issue(names, { from: new Date(), days: 1 })).caPem;
    platform.register('external', theirs, 'keda');
    platform.events.splice(0);
    const outcome = await platform.ensure();
    expect(outcome.otherWriters).toEqual([{ anchor: 'external', manager: 'keda' }]);
    expect(platform.events).toHaveLength(1);
    expect(platform.trusts('external', platform.stored.certificate)).toBe(true);
  });

  it('makes the first certificate: trusted first, then stored', async () => {
    const outcome = await platform.ensure();
    expect(outcome.renewed).toContain('no certificate yet');
    expect(platform.events).toEqual(['1 trusted by external', 'certificate stored']);
    expect(platform.trusts('external', platform.stored.certificate)).toBe(true);
    const days = (outcome.notAfter - platform.clock.now().toMillis()) / DAY;
    expect(Math.round(days)).toBe(365);
    expect(outcome.renewAt).toBeLessThan(outcome.notAfter);
  });

  it('changes nothing when it runs again', async () => {
    await platform.ensure();
    const before = [platform.stored, platform.trust.get('external')];
    const outcome = await platform.ensure();
    expect(outcome).toMatchObject({ renewed: null, trustWritten: [] });
    expect([platform.stored, platform.trust.get('external')]).toEqual(before);
  });

  it('renews in the last third; the old certificate stays trusted until a later run', async () => {
    await platform.ensure();
    const old = platform.stored.certificate;
    await platform.clock.turn(250 * DAY);
    platform.events.length = 0;
    expect((await platform.ensure()).renewed).toContain('last third');
    expect(platform.events).toEqual(['2 trusted by external', 'certificate stored']);
    expect(platform.stored.certificate).not.toEqual(old);
    expect(platform.trusts('external', old)).toBe(true);
    expect(platform.trusts('external', platform.stored.certificate)).toBe(true);

    await platform.clock.turn(DAY);
    expect(await platform.ensure()).toMatchObject({ renewed: null, trustWritten: ['external'] });
    expect(platform.trusts('external', old)).toBe(false);
    expect(platform.trusts('external', platform.stored.certificate)).toBe(true);
  });

  it('waits between trusting and storing, so that every API server has heard of the new CA', async () => {
    await platform.ensure();
    const before = platform.clock.monotonic();
    await platform.ensure({ dnsNames: ['other.ns.svc'], ipAddresses: [] });
    expect(platform.clock.monotonic() - before).toBeGreaterThanOrEqual(3_000);
  });

  it('keeps trusting what servers still show when the Secret was deleted', async () => {
    await platform.ensure();
    const shown = platform.stored.certificate;
    platform.put(null);
    await platform.ensure();
    expect(platform.trusts('external', shown)).toBe(true);
    expect(platform.trusts('external', platform.stored.certificate)).toBe(true);
  });

  it.each([
    ['garbage', () => ({ certificatePem: 'garbage', privateKeyPem: 'x', caPem: 'y' }), 'no certificate yet'],
    ['a key of another', (is: ServingCertificate) => ({ ...is, privateKeyPem: 'x' }), 'private key'],
    ['no CA', (is: ServingCertificate) => ({ ...is, caPem: '' }), 'does not vouch'],
  ])('replaces %s', async (_, spoil, why) => {
    await platform.ensure();
    platform.put(spoil(platform.stored.certificate!));
    expect((await platform.ensure()).renewed).toContain(why);
    expect((await platform.ensure()).renewed).toBeNull();
  });

  it('gives its CA back to an anchor that lost it, and to one that is new', async () => {
    await platform.ensure();
    platform.register('external');
    platform.register('custom');
    expect((await platform.ensure()).trustWritten).toEqual(['external', 'custom']);
    for (const name of ['external', 'custom']) expect(platform.trusts(name, platform.stored.certificate)).toBe(true);
  });

  it('stores nothing when an anchor is missing', async () => {
    await expect(platform.ensure(names, ['gone'])).rejects.toBeInstanceOf(NotFoundError);
    expect(platform.stored.certificate).toBeNull();
  });

  it('is finished by the next run when it was killed after trusting', async () => {
    await platform.ensure();
    const shown = platform.stored.certificate;
    platform.overtake = () => {
      platform.overtake = () => {
        throw new Error('killed');
      };
    };
    const other = { dnsNames: ['other.ns.svc'], ipAddresses: [] };
    await expect(platform.ensure(other)).rejects.toThrow('killed');
    expect(platform.trusts('external', shown)).toBe(true);
    await platform.ensure(other);
    expect(platform.trusts('external', shown)).toBe(true);
    expect(platform.trusts('external', platform.stored.certificate)).toBe(true);
  });

  it('starts anew when another run was first, and takes what that one made', async () => {
    const theirs = await certificateMaker.issue(names, { from: platform.clock.now().toJSDate(), days: 365 });
    platform.overtake = () => {
      platform.put(theirs);
      platform.register('external', theirs.caPem);
    };
    const outcome = await platform.ensure();
    expect(outcome.renewed).toBeNull();
    expect(platform.stored.certificate).toEqual(theirs);
    expect(platform.trusts('external', theirs)).toBe(true);
  });

  it('gives up in the end when it is overtaken each time', async () => {
    const again = (): void => {
      platform.put(null);
      platform.register('external');
      platform.overtake = again;
    };
    platform.overtake = again;
    await expect(platform.ensure()).rejects.toThrow('gave up after 5 attempts');
  });
});
