import { describeError } from '../domain/errors.ts';
import { type ApiResource, type GroupResource, findResource } from '../domain/rules/api-resource.ts';
import type { CustomRule } from '../domain/rules/custom-rule.ts';
import { type CustomMetric, type CustomTable, customKey, customTable } from '../domain/rules/custom-table.ts';
import type { Clock } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';
import type { RestMapper } from '../ports/rest-mapper.ts';
import { type Repeating, repeat } from './repeat.ts';
import type { Listed, SeriesLists } from './series-lists.ts';
import { overlapTeller } from './tell-overlaps.ts';

export type CustomRegistryOptions = {
  lists: SeriesLists;
  mapper: RestMapper;
  clock: Clock;
  log: Log;
  relistIntervalSeconds: number;
};

/** What is asked for: a metric of a resource, as the path names it, within a namespace or not. */
export type CustomName = { resource: GroupResource; namespaced: boolean; name: string };

/** Which custom metrics can be read now: made anew when rules, series or the cluster's resources change. */
export type CustomRegistry = {
  /** Puts rules in force; a rule that is new is listed at once. */
  replace(rules: readonly CustomRule[]): void;
  /** Whether there are rules, so that the API is served at all. */
  hasRules(): boolean;
  /** What is known now. Never asks anybody. */
  look(name: CustomName): CustomLookup;
  /** On a miss it looks at the cluster's resources again, but not more often than every 5 s. */
  find(name: CustomName): Promise<CustomLookup>;
  /** All that can be read, sorted. Never asks anybody. */
  metrics(): CustomMetric[];
  /** What keeps metrics from being served, one sentence each. */
  troubles(): string[];
  /** Lists series and reads the cluster's resources. Never throws. */
  relist(): Promise<void>;
  /** Again and again. */
  start(): void;
  close(): Promise<void>;
};

/** unlisted: some series were never listed, or the resources never read, so that nobody can say whether it is served. */
export type CustomLookup = { type: 'served'; metric: CustomMetric } | { type: 'unknown' } | { type: 'unlisted' };

/** New CRDs are seen so soon. */
const RESOURCES_SECONDS = 30;
/** As long as some rule was never listed, its metrics cannot be had at all: then the next try comes sooner. */
const RETRY_SECONDS = 5;

export function createCustomRegistry(options: CustomRegistryOptions): CustomRegistry {
  const { lists, mapper, clock, log, relistIntervalSeconds } = options;
  const tell = overlapTeller(log);
  let rules: readonly CustomRule[] = [];
  let resources: readonly ApiResource[] | null = null;
  let readAt: number | null = null;
  let unreadable = '';
  let table: CustomTable = { metrics: new Map(), overlaps: [] };
  let loops: Repeating[] = [];

  const complete = (): boolean => resources !== null && lists.complete();

  function rebuild(): void {
    table = customTable(rules, lists.shapes(), resources ?? []);
    tell(table.overlaps);
  }

  async function readResources(): Promise<void> {
    if (rules.length === 0) return;
    readAt = clock.monotonic();
    try {
      const before = resources;
      resources = await mapper.resources();
      unreadable = '';
      if (resources !== before) rebuild();
    } catch (error) {
      unreadable = `resources of the cluster: ${describeError(error)}`;
      log.warn({ error: describeError(error) }, 'resources of the cluster not read, the last ones stay');
    }
  }

  async function list(unlisted?: readonly Listed[]): Promise<void> {
    await lists.list(unlisted);
    rebuild();
  }

  function look({ resource, namespaced, name }: CustomName): CustomLookup {
    const found = findResource(resources ?? [], resource);
    const metric = found && table.metrics.get(customKey({ resource: found, namespaced, name }));
    if (metric) return { type: 'served', metric };
    return { type: complete() ? 'unknown' : 'unlisted' };
  }

  return {
    replace(next) {
      rules = next;
      const unlisted = lists.want(next);
      rebuild();
      if (unlisted.length > 0) void list(unlisted);
      if (resources === null) void readResources();
    },
    hasRules: () => rules.length > 0,
    look,
    async find(name) {
      const found = look(name);
      const stale = readAt === null || clock.monotonic() - readAt >= RETRY_SECONDS * 1000;
      if (found.type === 'served' || !stale) return found;
      await readResources();
      return look(name);
    },
    metrics: () => [...table.metrics].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, metric]) => metric),
    troubles: () => [...lists.troubles(), ...(unreadable === '' ? [] : [unreadable])],
    async relist() {
      await Promise.all([readResources(), list()]);
    },
    start() {
      if (loops.length > 0) return;
      const untilNext = (usual: number) => (): number => (complete() ? usual : Math.min(RETRY_SECONDS, usual));
      loops = [
        repeat(clock, untilNext(relistIntervalSeconds), () => list()),
        repeat(clock, untilNext(RESOURCES_SECONDS), readResources),
      ];
    },
    async close() {
      await Promise.all(loops.map((loop) => loop.close()));
      loops = [];
    },
  };
}
