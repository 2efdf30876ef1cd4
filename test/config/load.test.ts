import { describe, expect, it } from '@jest/globals';
import { type SettingSources, loadSettings } from '../../src/config/load.ts';
import { InvalidError, problemText } from '../../src/domain/errors.ts';

function fault(sources: Partial<SettingSources>): string {
  try {
    loadSettings({ flags: {}, env: {}, ...sources });
  } catch (error) {
    if (error instanceof InvalidError) return [error.message, ...error.problems.map(problemText)].join('\n');
    throw error;
  }
  return '';
}

describe('settings', () => {
  it('flags win over the environment, the environment over the file, the file over the defaults', () => {
    const file = { name: 's.yaml', text: 'securePort: 1\nhttpPort: 2\nheartbeat: 5s\nletGoAfter: 2m\n' };
    const env = { TIDECASTER_SECURE_PORT: '3', TIDECASTER_HTTP_PORT: '4' };
    const settings = loadSettings({ flags: { 'secure-port': '5' }, env, file });
    expect(settings).toMatchObject({
      securePort: 5,
      httpPort: 4,
      heartbeat: 5,
      letGoAfter: 120,
      leaseName: 'tidecaster',
    });
  });

  it.each<[fault: string, sources: Partial<SettingSources>, sentence: string]>([
    ['a flag of the wrong type', { flags: { 'secure-port': 'x' } }, '--secure-port is "x": expected number'],
    [
      'a variable with a wrong word',
      { env: { TIDECASTER_LOG_LEVEL: 'loud' } },
      'TIDECASTER_LOG_LEVEL is "loud": expected one of',
    ],
    [
      'a Prometheus URL that is none',
      { flags: { 'prometheus-url': 'prometheus:9090' } },
      '--prometheus-url is "prometheus:9090": Invalid URL',
    ],
    [
      'an unknown key of the file',
      { file: { name: 's.yaml', text: 'port: 1\n' } },
      's.yaml:1:1 port: unknown key "port"',
    ],
    ['a duration without a unit', { flags: { heartbeat: '15' } }, '"15" is not a duration'],
    [
      'a heartbeat that no minute is made of',
      { flags: { heartbeat: '7s' } },
      'expected whole seconds that divide a minute',
    ],
    ['a heartbeat with a fraction', { flags: { heartbeat: '7.5s' } }, '--heartbeat is 7.5s, expected whole seconds'],
    [
      'a bound that numbers outgrow between two rounds',
      { flags: { 'refresh-interval': '10s', 'max-staleness': '14s' } },
      '--max-staleness is 14s, expected 0s or at least one and a half of --refresh-interval, which is 10s',
    ],
    ['an interval of nothing', { flags: { 'refresh-interval': '0s' } }, '--refresh-interval is 0s, expected at least'],
    ['a certificate without its key', { flags: { 'tls-cert-file': 'a' } }, 'go together, only one is set'],
    [
      'everyone let in from everywhere',
      { flags: { 'bind-address': '0.0.0.0', authentication: 'none' } },
      '--authentication none would let everyone read',
    ],
  ])('%s is refused with its name', (_fault, sources, sentence) => {
    expect(fault(sources)).toContain(sentence);
  });
});
