import fc from 'fast-check';
import { type CertificateFacts, renewal, trusted } from '../../src/domain/certificate-renewal.ts';

const DAY = 86_400_000;
const HOUR = 3_600_000;
const names = { dnsNames: ['a.ns.svc'], ipAddresses: [] };
const held = (over: Partial<CertificateFacts> = {}): CertificateFacts => ({
  ...names,
  notBefore: 0,
  notAfter: 300 * DAY,
  signedByCa: true,
  keyMatches: true,
  ...over,
});

describe('renewal', () => {
  it.each([
    ['there is none', null, 'Missing'],
    ['the key belongs to another', held({ keyMatches: false }), 'KeyDiffers'],
    ['the CA does not vouch for it', held({ signedByCa: false }), 'CaDiffers'],
    ['a name is missing', held({ dnsNames: [] }), 'NamesDiffer'],
    ['it has a name too many', held({ dnsNames: ['a.ns.svc', 'b.ns.svc'] }), 'NamesDiffer'],
  ])('renews when %s', (_, facts, reason) => {
    expect(renewal(DAY, facts, names)).toMatchObject({ type: 'Renew', reason });
  });

  it.each([
    ['before its last third', 200 * DAY - 1, 'Keep'],
    ['in its last third', 200 * DAY, 'Renew'],
    ['after its end', 400 * DAY, 'Renew'],
  ])('looked at %s: %s', (_, now, type) => {
    expect(renewal(now, held(), names).type).toBe(type);
  });

  it('says when a certificate that is kept will be renewed', () => {
    expect(renewal(0, held(), names)).toMatchObject({ type: 'Keep', renewAt: 200 * DAY });
  });

  it('sees no difference in order, case and zeros of an IPv6 address', () => {
    const facts = held({ dnsNames: ['b', 'a'], ipAddresses: ['0:0:0:0:0:0:0:1', '127.0.0.1'] });
    expect(renewal(DAY, facts, { dnsNames: ['A', 'b'], ipAddresses: ['127.0.0.1', '::1'] }).type).toBe('Keep');
  });
});

describe('trusted', () => {
  const anchor = (pem: string, notAfter = 100 * DAY): { pem: string; notAfter: number } => ({ pem, notAfter });

  it.each([
    ['not served yet', null, ['new', 'old']],
    ['served for less than an hour', 10 * DAY - HOUR + 1, ['new', 'old']],
    ['served for an hour', 10 * DAY - HOUR, ['new']],
  ])('a new CA that is %s: the right ones are trusted', (_, servedSince, pems) => {
    const input = { now: 10 * DAY, current: [anchor('new')], earlier: [anchor('old')], servedSince };
    expect(trusted(input)).toEqual(pems);
  });

  it('drops what has ended, and names none twice', () => {
    const earlier = [anchor('old', 9 * DAY), anchor('new'), anchor('other')];
    expect(trusted({ now: 10 * DAY, current: [anchor('new')], earlier, servedSince: null })).toEqual(['new', 'other']);
  });

  it('always trusts the current one first, and a second look changes nothing', () => {
    const anchors = fc.array(fc.record({ pem: fc.constantFrom('a', 'b', 'c', 'd'), notAfter: fc.nat(20) }));
    fc.assert(
      fc.property(anchors, fc.nat(20), fc.option(fc.nat(20)), (earlier, now, servedSince) => {
        const current = [anchor('current')];
        const once = trusted({ now, current, earlier, servedSince });
        const again = earlier.filter(({ pem }) => once.includes(pem));
        expect(once[0]).toBe('current');
        expect(trusted({ now, current, earlier: [...current, ...again], servedSince })).toEqual(once);
      }),
    );
  });
});
