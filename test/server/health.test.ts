import { describe, expect, it } from '@jest/globals';
import { type Check, type HealthEndpoint, answerHealth, ping } from '../../src/server/health.ts';

const check = (name: string, fault: string | null, about: Partial<Check> = {}): Check => ({
  name,
  type: 'required',
  scope: 'ready',
  probe: () => fault,
  ...about,
});
const quiet = { verbose: false, exclude: [] };
const verbose = { verbose: true, exclude: [] };

describe('a health endpoint', () => {
  it('says ok, and with ?verbose what it looked at', async () => {
    const checks = [ping, check('listed', null)];
    expect(await answerHealth('readyz', checks, quiet)).toEqual({ code: 200, text: 'ok' });
    expect(await answerHealth('readyz', checks, verbose)).toEqual({
      code: 200,
      text: '[+]ping ok\n[+]listed ok\nreadyz check passed\n',
    });
  });

  it('is red with a required check, and says which', async () => {
    expect(await answerHealth('healthz', [ping, check('listed', 'not yet')], quiet)).toEqual({
      code: 500,
      text: '[+]ping ok\n[-]listed failed: not yet\nhealthz check failed\n',
    });
  });

  it('shows what is wrong with an informational check, and stays green', async () => {
    const rules = check('rules', 'rules.yaml:1:1: the file is empty', { type: 'informational' });
    expect(await answerHealth('readyz', [ping, rules], quiet)).toEqual({ code: 200, text: 'ok' });
    expect(await answerHealth('readyz', [ping, rules], verbose)).toEqual({
      code: 200,
      text: '[+]ping ok\n[i]rules: rules.yaml:1:1: the file is empty\nreadyz check passed\n',
    });
  });

  it.each<[HealthEndpoint, number]>([
    ['livez', 200],
    ['readyz', 500],
    ['healthz', 500],
  ])('%s asks only what belongs to it', async (endpoint, code) => {
    expect((await answerHealth(endpoint, [ping, check('listed', 'not yet')], quiet)).code).toBe(code);
  });

  it('leaves out what ?exclude= names, and warns of a name that is none', async () => {
    const query = { verbose: true, exclude: ['listed', 'nothing'] };
    expect(await answerHealth('readyz', [ping, check('listed', 'not yet')], query)).toEqual({
      code: 200,
      text:
        '[+]ping ok\n[+]listed excluded: ok\n' +
        'warn: some health checks cannot be excluded: no matches for "nothing"\nreadyz check passed\n',
    });
  });

  it('takes a check that breaks for a fault', async () => {
    const broken = check('listed', null, { probe: () => Promise.reject(new Error('boom')) });
    expect((await answerHealth('readyz', [broken], quiet)).text).toContain('[-]listed failed: boom');
  });
});
