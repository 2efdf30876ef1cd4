import { InvalidError, UnavailableError, placeText } from '../domain/errors.ts';
import { checkNamespace } from '../domain/namespace.ts';
import { type ApiResource, groupResourceText, isNamespaces, parseGroupResource } from '../domain/rules/api-resource.ts';
import { canonicalSelector } from '../domain/rules/canonical-selector.ts';
import { type CustomMetricValue, customMetricValues } from '../domain/rules/custom-metric-value.ts';
import { type CustomMetric, nameText } from '../domain/rules/custom-table.ts';
import { remembered } from '../domain/remembered.ts';
import type { Row } from '../domain/rules/external-metric-value.ts';
import { parseSelector } from '../domain/rules/selector.ts';
import type { Clock } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';
import type { ObjectMetadata, Objects } from '../ports/objects.ts';
import {
  type CustomQuestion,
  customName,
  customQuestion,
  foundMetric,
  metricNotFound,
  noQuestion,
} from './custom-questions.ts';
import type { CustomRegistry } from './custom-registry.ts';
import type { Values } from './values.ts';
import { type CustomWant, keyOf } from './want.ts';
import { ANSWER_WITHIN_MILLISECONDS, within } from './within.ts';

/**
 * What an HPA asks for. namespace: null for what is root-scoped. resource: as in the path, such as `pods` or `jobs.batch`.
 * object: a name, or `*` for all that labelSelector selects.
 */
export type CustomRequest = {
  namespace: string | null;
  resource: string;
  object: string;
  metric: string;
  labelSelector: string;
  metricLabelSelector: string;
};

/** Answers reads of custom metrics. */
export type CustomAnswerer = {
  /** Whether there are rules, so that the API is served at all. */
  serves(): boolean;
  /**
   * What answer() gives, at once: the very same list while nothing new is known. null: it has to be asked for.
   *
   * @throws what answer() throws
   */
  inMemory(request: CustomRequest): readonly CustomMetricValue[] | null;
  /**
   * The items of one read, within a second: exactly one for an object by name, those of the objects that have one for `*`.
   *
   * @throws InvalidError for a namespace or selector that does not parse, NotFoundError for a metric that no rule gives, an
   *   object without a value and a selector that selects nothing, UnavailableError when objects or numbers cannot be had
   */
  answer(request: CustomRequest): Promise<readonly CustomMetricValue[]>;
  /** What can be read, for discovery, such as `pods/concurrent_viewers`. Never asks anybody. */
  metricNames(): { name: string; namespaced: boolean }[];
};

export type CustomAnswererOptions = {
  objects: Objects;
  registry: CustomRegistry;
  values: Pick<Values, 'inMemory' | 'rows'>;
  clock: Clock;
  log: Log;
};

type Read = { want: CustomWant; metric: CustomMetric; question: CustomQuestion };
type Made = { names: readonly string[]; items: readonly CustomMetricValue[] };

export function createCustomAnswerer({ objects, registry, values, log, clock }: CustomAnswererOptions): CustomAnswerer {
  const wantOf = remembered(wantOfRequest);
  const keyOfWant = remembered(keyOf);
  const namesIn = remembered((list: readonly ObjectMetadata[]): readonly string[] => list.map(({ name }) => name));
  /** Items by the rows that they are made of, and by the key of the read. */
  const made = new WeakMap<readonly Row[], Map<string, Made>>();

  /** The objects that are asked for, where they are known at once. @throws UnavailableError */
  function namesInMemory({ resource }: CustomMetric, want: CustomWant): readonly string[] | null {
    const { namespace, labelSelector, object } = want;
    if (object !== '*') return OBJECT_NAME.test(object) ? [object] : [];
    const list = orUnlisted(resource, () =>
      objects.inMemory(resource, { namespace, labelSelector: labelSelector ?? '' }),
    );
    return list && namesIn(list);
  }

  /** @throws UnavailableError */
  async function namesOf(metric: CustomMetric, want: CustomWant): Promise<readonly string[]> {
    const known = namesInMemory(metric, want);
    if (known !== null) return known;
    const { namespace, labelSelector } = want;
    try {
      const listing = objects.list(metric.resource, { namespace, labelSelector: labelSelector ?? '' });
      if (await within(clock, ANSWER_WITHIN_MILLISECONDS, listing)) return namesIn(await listing);
    } catch (cause) {
      throw unlisted(metric.resource, cause);
    }
    throw unlisted(metric.resource, 'no answer within a second');
  }

  /** What is asked of these objects. @throws NotFoundError where there are none, and where the rule makes no query */
  function readOf(metric: CustomMetric, want: CustomWant, names: readonly string[]): Read {
    if (names.length === 0) throw metricNotFound(want.metric, want.resource, want.object);
    return { want, metric, question: customQuestion(metric, want, { names, log }) };
  }

  /** @throws NotFoundError, UnavailableError */
  function itemsOf({ want, metric, question }: Read, rows: readonly Row[]): readonly CustomMetricValue[] {
    const byKey = made.get(rows) ?? new Map<string, Made>();
    made.set(rows, byKey);
    const { names, label } = question.objects;
    const key = keyOfWant(want);
    const before = byKey.get(key);
    if (before && isSame(before.names, names)) return before.items;
    if (rows.some(({ labels }) => labels === null)) {
      throw new UnavailableError(`the rule at ${placeText(metric.rule.place)} makes a scalar, which is of no object`);
    }
    const { namespace, requirements, metric: metricName, object, resource } = want;
    const items = customMetricValues(rows, {
      metricName,
      resource: metric.resource,
      namespace,
      names,
      label,
      requirements,
    });
    if (items.length === 0 && object !== '*') throw metricNotFound(metricName, resource, object);
    byKey.set(key, { names, items });
    return items;
  }

  /** A query that the rule cannot make is a metric that there is not. */
  function asOfRule({ metric }: Read, error: unknown): unknown {
    return error instanceof InvalidError ? noQuestion(metric, error.message, log) : error;
  }

  return {
    serves: () => registry.hasRules(),
    metricNames: () => registry.metrics().map((metric) => ({ name: nameText(metric), namespaced: metric.namespaced })),
    inMemory(request) {
      const want = wantOf(request);
      const found = registry.look(customName(want));
      if (found.type !== 'served') return null;
      const names = namesInMemory(found.metric, want);
      if (names === null) return null;
      const read = readOf(found.metric, want, names);
      let rows;
      try {
        rows = values.inMemory(read);
      } catch (error) {
        throw asOfRule(read, error);
      }
      return rows && itemsOf(read, rows);
    },
    async answer(request) {
      const want = wantOf(request);
      const metric = foundMetric(await registry.find(customName(want)), want);
      const read = readOf(metric, want, await namesOf(metric, want));
      let rows;
      try {
        rows = await values.rows(read);
      } catch (error) {
        throw asOfRule(read, error);
      }
      return itemsOf(read, rows);
    },
  };
}

/** @throws InvalidError for a namespace or selector that does not parse */
function wantOfRequest(request: CustomRequest): CustomWant {
  checkNamespaceOf(request);
  const { metricLabelSelector, ...asked } = request;
  const requirements = parseSelector(metricLabelSelector);
  return {
    type: 'custom',
    ...asked,
    labelSelector: canonicalSelector(parseSelector(request.labelSelector)),
    requirements,
  };
}

function orUnlisted<T>(resource: ApiResource, list: () => T): T {
  try {
    return list();
  } catch (cause) {
    throw unlisted(resource, cause);
  }
}

const unlisted = (resource: ApiResource, cause: unknown): UnavailableError =>
  new UnavailableError(`cannot list ${groupResourceText(resource)}`, {
    cause,
    told: 'unable to list matching resources',
  });

const isSame = (a: readonly string[], b: readonly string[]): boolean =>
  a === b || (a.length === b.length && a.every((each, index) => each === b[index]));

/** Objects' names go into PromQL; no object has another (RBAC's may have a colon). */
const OBJECT_NAME = /^[A-Za-z0-9][-A-Za-z0-9_.:]{0,252}$/;

/** The namespace goes into PromQL and into a path of the API server. @throws InvalidError */
function checkNamespaceOf({ namespace, resource, object }: CustomRequest): void {
  const name = isNamespaces(parseGroupResource(resource)) && object !== '*' ? object : namespace;
  if (name !== null) checkNamespace(name);
}
