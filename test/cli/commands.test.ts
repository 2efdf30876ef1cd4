import { describe, expect, it } from '@jest/globals';
import { DateTime } from 'luxon';
import type { Tools } from '../../src/cli/command.ts';
import { commands } from '../../src/cli/commands.ts';
import { run } from '../../src/cli/run.ts';
import { parsePolicies } from '../../src/config/policy.ts';
import { NotFoundError, UnavailableError } from '../../src/domain/errors.ts';
import type { HpaState } from '../../src/domain/hpa/hpa-state.ts';
import type { PolicyReading } from '../../src/ports/policy-source.ts';
import { anHpa } from '../support/policies.ts';

const POLICY = `apiVersion: streaming.io/v1alpha1
kind: AutoscalingPolicy
metadata: {name: video, namespace: streaming}
spec:
  targetRef: {kind: HorizontalPodAutoscaler, name: video-hpa}
  timeZone: Asia/Seoul
  minReplicas: 3
  maxReplicas: 100
  schedules:
  - {name: night, start: "0 1 * * *", end: "0 7 * * *", minReplicas: 1}
`;
const FILES: Record<string, string> = {
  'policies/video.yaml': POLICY,
  'bad/video.yaml': POLICY.replace('Asia/Seoul', 'Asia/Soul'),
  'twice/a.yaml': POLICY,
  'twice/b.yaml': POLICY.replace('name: video,', 'name: other,'),
  'rules.yaml': 'externalRules:\n- seriesQuery: x\n',
  'jobs.yaml': `externalRules:
- seriesQuery: jobs_total
  resources: {namespaced: false}
  tidecaster: {allowedNamespaces: [jobs]}
  metricsQuery: sum(rate(<<.Series>>{<<.LabelMatchers>>}[1m]))
- seriesQuery: '{__name__=~"queue_.*"}'
  resources: {namespaced: false}
  tidecaster: {allowedNamespaces: [jobs]}
  metricsQuery: sum(<<.Series>>{<<.LabelMatchers>>})
tidecaster: {queries: [{name: viewers, query: 'rate(viewers[1m])', namespaceLabel: null, allowedNamespaces: [jobs]}]}
`,
};

type Ran = { code: number; out: string; err: string; released: string[] };

/** Runs a command on a world of files and HPAs in memory. */
async function ran(argv: string[], hpas: HpaState[] = []): Promise<Ran> {
  const result: Ran = { code: -1, out: '', err: '', released: [] };
  const inFolder = (folder: string): string[] => Object.keys(FILES).filter((file) => file.startsWith(`${folder}/`));
  const tools: Tools = {
    stdout: (text) => void (result.out += text),
    stderr: (text) => void (result.err += text),
    env: {},
    signal: AbortSignal.abort(),
    build: { version: '1.2.3', node: '24.0.0', zoneData: '2026c' },
    clock: { now: () => DateTime.fromISO('2026-11-24T12:00:00Z').toUTC(), monotonic: () => 0, sleep: async () => {} },
    readFile: async (file) => FILES[file] ?? Promise.reject(new NotFoundError(`${file} cannot be read`)),
    listFiles: async (path) => (FILES[path] === undefined ? inFolder(path) : [path]),
    writeNewFiles: () => Promise.reject(new Error('nothing is written')),
    policyFolder: (folder) => ({
      async read(): Promise<PolicyReading> {
        const read = inFolder(folder).map((file) => parsePolicies(file, FILES[file]!));
        const problems = read.flatMap((one) => one.problems);
        return {
          policies: read.flatMap((one) => one.policies),
          problems,
          clean: problems.length === 0,
          revision: 'r1',
        };
      },
    }),
    cluster: async () => ({
      hpas: async () => hpas,
      applyFloor: async () => {
        throw new Error('a command that looks must not write');
      },
      handBack: async ({ target }) => void result.released.push(target.name),
    }),
    remotePlan: () => Promise.reject(new UnavailableError('no plan')),
    prometheus: () => Promise.reject(new UnavailableError('no Prometheus')),
    backends: () => Promise.reject(new UnavailableError('no backends')),
    resources: () => Promise.reject(new UnavailableError('no cluster')),
    metricWants: () => Promise.reject(new UnavailableError('no cluster')),
    explainedMetric: () => Promise.reject(new UnavailableError('no server')),
    liveReads: () => Promise.reject(new UnavailableError('no server')),
    metricsApi: () => Promise.reject(new UnavailableError('no adapter')),
    serve: async () => ({ lines: ['listening'], done: new Promise(() => {}), close: async () => {} }),
    demo: async () => ({ lines: [], done: new Promise(() => {}), close: async () => {} }),
    certificates: async () => ['kept'],
    doctor: async () => [],
  };
  result.code = await run(argv, tools);
  return result;
}

const governed = { restoreMinReplicas: 2, writtenAt: 0 };

describe('every command', () => {
  it.each(commands.map(({ name }) => name))('%s has a help that says how it is used and exits 0', async (name) => {
    const { code, out } = await ran([...name.split(' '), '--help']);
    expect(code).toBe(0);
    expect(out).toContain(`Usage: tidecaster ${name} `);
  });

  it('whose name has two words is listed by its first', async () => {
    expect(await ran(['rules'])).toMatchObject({ code: 0, err: '', out: expect.stringContaining('rules check') });
  });

  it.each([
    ['an unknown command', ['fly'], 2, 'there is no command "fly"'],
    ['an unknown command of two words', ['rules', 'fly'], 2, 'no command "rules fly", expected one of: rules check'],
    ['an unknown flag', ['plan', '--fly'], 2, "Unknown option '--fly'"],
    ['an unknown output', ['version', '-o', 'xml'], 2, '--output is "xml", expected table, json or yaml'],
    ['a bad time', ['plan', '--at', 'noon'], 2, '--at is "noon", expected a time such as'],
    ['a name that is none', ['explain', 'a/b/c'], 2, '"a/b/c" is not the name of an HPA'],
    ['an HPA that nobody knows', ['explain', 'n/x'], 3, 'no policy names HPA n/x'],
    ['a server that is away', ['explain', 'n/x', '--server', 'http://127.0.0.1:1'], 6, 'no plan'],
    ['a server that is no URL', ['explain', 'n/x', '--server', 'here'], 2, '--server is "here", expected a URL'],
    [
      'another time for a server that runs',
      ['explain', 'n/x', '--server', 'http://127.0.0.1:1', '--at', '2026-12-05T20:00Z'],
      2,
      'does not go with --at',
    ],
    [
      'another time for a real cluster',
      ['demo', '--kubeconfig', 'k', '--start', '2026-12-05T20:00Z'],
      2,
      'a real cluster keeps its own time',
    ],
    [
      'a Prometheus without http',
      ['rules', 'check', 'rules.yaml', '--prometheus', 'x:9090'],
      2,
      '--prometheus is "x:9090"',
    ],
    ['a file that is not there', ['lint', 'nope.yaml'], 2, 'no *.yaml file in nope.yaml'],
    ['a wrong setting', ['serve', '--policies', 'policies', '--heartbeat', '7s'], 2, '--heartbeat is 7s'],
    ['rules without a Prometheus', ['serve', '--rules', 'rules.yaml'], 2, 'go together, only one is set'],
    [
      'a listener for everyone without a certificate',
      ['serve', '--policies', 'p', '--bind-address', '0.0.0.0'],
      2,
      'is not loopback',
    ],
    ['release without saying what', ['release'], 2, 'either names (NAMESPACE/HPA), or --all, or --confirm'],
    ['release of what is not ours', ['release', 'n/x'], 3, 'no HorizontalPodAutoscaler n/x carries our field manager'],
    [
      'release --confirm while a policy is bad',
      ['release', '--confirm', '-p', 'bad'],
      2,
      'the policies do not read clean',
    ],
  ])('answers %s with a clear sentence and its exit code', async (_fault, argv, code, sentence) => {
    const result = await ran(argv);
    expect({ code: result.code, out: result.out }).toEqual({ code, out: '' });
    expect(result.err).toContain(sentence);
  });
});

describe('plan', () => {
  it('prints the floor now and each change of the next hours', async () => {
    const { code, out } = await ran(['plan', '--hours', '24']);
    expect(code).toBe(0);
    expect(out).toBe(`HPA                  FROM                         FLOOR  WHY
streaming/video-hpa  Tue 24 Nov 21:00 Asia/Seoul  3      no schedule is open, the baseline is 3
                     Wed 25 Nov 01:00             1      schedule "night" is open, its floor is 1
                     Wed 25 Nov 07:00             3      no schedule is open, the baseline is 3
`);
  });

  it('prints the same as json', async () => {
    const { out } = await ran(['plan', '-o', 'json']);
    const [policy] = JSON.parse(out) as { changes: { at: string; floor: number }[] }[];
    expect(policy?.changes.map(({ at, floor }) => [at, floor])).toEqual([
      ['2026-11-24T21:00:00+09:00', 3],
      ['2026-11-25T01:00:00+09:00', 1],
      ['2026-11-25T07:00:00+09:00', 3],
    ]);
  });

  it('says what is refused, and exits 2', async () => {
    const { code, err } = await ran(['plan', '--policies', 'bad']);
    expect(code).toBe(2);
    expect(err).toMatch(/^bad\/video\.yaml:6:3 spec\.timeZone: "Asia\/Soul" is not a time zone/);
  });
});

describe('explain', () => {
  it('prints the chain of reasons of an HPA as it stands', async () => {
    const { code, out } = await ran(['explain', 'streaming/video-hpa'], [anHpa({ minReplicas: 9 })]);
    expect(code).toBe(0);
    expect(out).toContain('floor    3');
    expect(out).toContain('because  1. Baseline: no schedule is open, the baseline is 3');
    expect(out).toContain('then     writes minReplicas 3');
    expect(out).toContain('next     1 at 2026-11-25T01:00:00+09:00');
  });

  it('takes the namespace by flag too, and another instant', async () => {
    const argv = ['explain', 'video-hpa', '-n', 'streaming', '--at', '2026-11-25T02:00+09:00', '-o', 'json'];
    const { out } = await ran(argv, [anHpa({ governed })]);
    expect(JSON.parse(out)).toMatchObject({
      floor: 1,
      reasons: [{ reason: 'ScheduleOpen' }],
      action: { type: 'Apply', minReplicas: 1 },
    });
  });
});

describe('lint', () => {
  it('reads a file that is named twice once', async () => {
    expect(await ran(['lint', 'policies', 'policies/video.yaml'])).toMatchObject({
      code: 0,
      out: '1 files, 1 policies, 0 errors, 0 warnings\n',
    });
  });

  it('is content with a good folder', async () => {
    expect(await ran(['lint', 'policies'])).toMatchObject({
      code: 0,
      out: '1 files, 1 policies, 0 errors, 0 warnings\n',
    });
  });

  it('names both places of two policies for one HPA', async () => {
    const { code, out } = await ran(['lint', 'twice']);
    expect(code).toBe(2);
    expect(out).toContain(
      'twice/b.yaml:1:1: error: streaming/other names HPA streaming/video-hpa, which streaming/video (twice/a.yaml:1:1) names too',
    );
  });

  it('says of rules what their text alone says', async () => {
    const { code, out } = await ran(['lint', 'jobs.yaml']);
    expect(code).toBe(0);
    expect(out.split('\n')).toEqual([
      expect.stringMatching(
        /^jobs.yaml:10:\d+ tidecaster.queries\[0\]: warning: viewers is no counter by its name, but the query rates it$/,
      ),
      '1 files, 0 policies, 0 errors, 1 warnings',
      '',
    ]);
  });

  it('knows a rules file by its keys', async () => {
    expect((await ran(['lint', 'rules.yaml'])).out).toContain(
      'rules.yaml:2:3 externalRules[0].metricsQuery: error: is missing',
    );
  });
});

describe('release', () => {
  const hpas = ['a', 'b', 'c'].map((name) =>
    anHpa({ target: { namespace: 'n', name }, governed: name === 'c' ? null : governed }),
  );

  it('--all hands back every HPA that is ours, and no other', async () => {
    const { code, released, out } = await ran(['release', '--all'], hpas);
    expect({ code, released }).toEqual({ code: 0, released: ['a', 'b'] });
    expect(out).toContain('n/a  2            handed back');
  });

  it('hands back those that were named', async () => {
    expect((await ran(['release', 'n/b'], hpas)).released).toEqual(['b']);
  });

  it('--confirm hands back those that no policy names any more', async () => {
    const mine = anHpa({ target: { namespace: 'streaming', name: 'video-hpa' }, governed });
    expect((await ran(['release', '--confirm'], [...hpas, mine])).released).toEqual(['a', 'b']);
  });

  it('says so when there is nothing to hand back', async () => {
    expect(await ran(['release', '--all'])).toMatchObject({ code: 0, out: 'nothing to hand back\n' });
  });
});

describe('serve', () => {
  it('says where it listens, and ends with 0 when it is asked to', async () => {
    expect(await ran(['serve', '--policies', 'policies'])).toMatchObject({ code: 0, err: 'listening\n' });
  });
});
