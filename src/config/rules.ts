import { z } from 'zod';
import type { Place, Problem } from '../domain/errors.ts';
import type { Backend } from '../domain/rules/backend.ts';
import type { CustomRule } from '../domain/rules/custom-rule.ts';
import type { MetricRule } from '../domain/rules/metric-rule.ts';
import type { ResourceRules } from '../domain/rules/resource-rules.ts';
import { namespaceLabel } from '../domain/rules/namespace-label.ts';
import { customRule, toCustomRule } from './custom-rules.ts';
import { discoveryFields, making, resources } from './discovery-rule.ts';
import {
  type Compatibility,
  extensionOf,
  externalRuleExtension,
  fileExtension,
  type OwnExtension,
  toQueryRule,
} from './rule-extensions.ts';
import { resourceRules, toResourceRules } from './resource-rules.ts';
import { type ParsedDocument, byPlace, parseYaml } from './yaml.ts';

/** One entry of `externalRules`, for external.metrics.k8s.io. */
const externalRule = z.strictObject({
  ...discoveryFields,
  resources: resources.prefault({}).transform(making(namespaceLabel)),
  tidecaster: externalRuleExtension.prefault({}).describe('What prometheus-adapter does not have.'),
});

/** prometheus-adapter's configuration file, and one key of ours. */
const rulesDocument = z.strictObject({
  // A key without a value is an empty list to Go. An entry that is refused leaves its place empty, so that those behind keep theirs.
  externalRules: z
    .array(externalRule.optional())
    .nullish()
    .transform((rules) => rules ?? []),
  rules: z
    .array(customRule.optional())
    .nullish()
    .transform((rules) => rules ?? []),
  resourceRules: resourceRules.nullish(),
  tidecaster: fileExtension.prefault({}).describe('What prometheus-adapter does not have.'),
});

/**
 * rules: those for external metrics, `externalRules` and then `tidecaster.queries` in the file. customRules: `rules` in the file.
 * A fault in an entry of these lists refuses that entry alone, and `refused` has its path; any other fault refuses the file
 * whole: all is empty, and `refused` is not there.
 */
export type RuleFile = {
  refused?: readonly string[];
  rules: MetricRule[];
  customRules: CustomRule[];
  resourceRules: ResourceRules | null;
  problems: Problem[];
};

/**
 * Reads metric rules in prometheus-adapter's own schema and what we add to it. Every fault of the file is found at once.
 *
 * @param compatibility whose answers are given where a rule says nothing of its own
 */
export function parseRules(file: string, text: string, compatibility: Compatibility = 'none'): RuleFile {
  const problems: Problem[] = [];
  const refused: string[] = [];
  for (;;) {
    const read = readRules({ file, text, compatibility, without: refused });
    if (read.problems.length === 0 && refused.length === 0) return read;
    if (read.problems.length === 0) return { ...read, problems: problems.toSorted(byPlace), refused };
    problems.push(...read.problems);
    // Without its bad entries the file is read again: what is said between entries shows only when each is right.
    const paths = new Set(read.problems.map(({ place }) => ENTRY.exec(place.path)?.[0] ?? ''));
    // A key that is spelled like a path is none of an entry: taking entries out would not end.
    if (paths.has('') || refused.some((path) => paths.has(path)))
      return { ...NOTHING, problems: problems.toSorted(byPlace) };
    refused.push(...paths);
  }
}

const NOTHING = { rules: [], customRules: [], resourceRules: null };
/** The path of a rule in the file. */
const ENTRY = /^(?:externalRules|rules|tidecaster\.queries)\[\d+\]/;

type Reading = { file: string; text: string; compatibility: Compatibility; without: readonly string[] };

function readRules({ file, text, compatibility, without }: Reading): RuleFile {
  const { documents, problems } = parseYaml(
    file,
    text,
    z.preprocess((raw, context) => {
      const kind = manifestKind(raw);
      if (kind === null) return withoutEntries(raw, without);
      context.addIssue({ code: 'custom', message: notManifest(kind) });
      return z.NEVER;
    }, rulesDocument),
  );
  const more = documents
    .slice(1)
    .map(({ place }) => ({ place: place(), message: 'a second document, expected one in a rules file' }));
  const discovered = documents.map((document) => discoveryRules(document, compatibility));
  const all = [...problems, ...more, ...discovered.flatMap((found) => found.problems)].toSorted(byPlace);
  if (all.length > 0) return { ...NOTHING, problems: all };
  return {
    rules: discovered.flatMap(({ rules }) => rules),
    customRules: discovered.flatMap(({ customRules }) => customRules),
    resourceRules: discovered[0]?.resourceRules ?? null,
    problems: [],
  };
}

/** prometheus-adapter's file is mostly seen within its ConfigMap. null: no object of Kubernetes. */
function manifestKind(raw: unknown): string | null {
  const manifest = z.looseObject({ apiVersion: z.string(), kind: z.string() }).safeParse(raw);
  return manifest.success ? manifest.data.kind : null;
}

const notManifest = (kind: string): string =>
  kind === 'ConfigMap'
    ? "is a ConfigMap, expected the rules file that stands in its data: kubectl get configmap NAME -o jsonpath='{.data.config\\.yaml}'"
    : `is an object of kind ${kind}, expected a rules file (docs/metric-rules.md)`;

/** The document as it was written, with nothing at these paths. */
function withoutEntries(raw: unknown, paths: readonly string[], prefix = ''): unknown {
  if (paths.length === 0 || typeof raw !== 'object' || raw === null) return raw;
  if (Array.isArray(raw))
    return raw.map((entry: unknown, index) => (paths.includes(`${prefix}[${index}]`) ? undefined : entry));
  const inside = (key: string, value: unknown): unknown =>
    withoutEntries(value, paths, prefix === '' ? key : `${prefix}.${key}`);
  return Object.fromEntries(Object.entries(raw).map(([key, value]: [string, unknown]) => [key, inside(key, value)]));
}

/** The rules of all three APIs, each with its backend found by name. */
function discoveryRules(
  { value, place }: ParsedDocument<z.output<typeof rulesDocument>>,
  compatibility: Compatibility,
): Pick<RuleFile, 'rules' | 'customRules' | 'resourceRules' | 'problems'> {
  const problems: Problem[] = [];
  const backends = new Map<string, Backend>();
  for (const [index, backend] of value.tidecaster.backends.entries()) {
    if (backends.has(backend.name)) {
      const message = `"${backend.name}" is the name of another backend too, expected a name of its own`;
      problems.push({ place: place(['tidecaster', 'backends', index, 'name']), message });
    }
    backends.set(backend.name, backend);
  }
  const backendOf = ({ backend: name }: { backend: string }, path: readonly PropertyKey[]): Backend | null => {
    const backend = backends.get(name);
    if (backend === undefined && name !== 'default') {
      const known = ['default', ...backends.keys()].join(', ');
      problems.push({ place: place([...path, 'backend']), message: `is "${name}", expected one of ${known}` });
    }
    return backend ?? null;
  };
  const extension = (own: OwnExtension, path: readonly PropertyKey[]) =>
    extensionOf(own, { backend: backendOf(own, path), compatibility });
  const discovered = value.externalRules.flatMap((rule, index) => {
    const path = ['externalRules', index];
    return rule ? [{ ...toRule(rule, place(path)), ...extension(rule.tidecaster, [...path, 'tidecaster']) }] : [];
  });
  const plain = value.tidecaster.queries.flatMap((query, index) => {
    const path = ['tidecaster', 'queries', index];
    return query ? [toQueryRule(query, place(path), extension(query, path))] : [];
  });
  const customRules = value.rules.flatMap((rule, index) => {
    const path = ['rules', index];
    return rule ? [toCustomRule(rule, place(path), extension(rule.tidecaster, [...path, 'tidecaster']))] : [];
  });
  const { resourceRules: usage } = value;
  const usageBackend = usage ? backendOf(usage.tidecaster, ['resourceRules', 'tidecaster']) : null;
  const resourceRules = usage ? toResourceRules(usage, place(['resourceRules']), usageBackend) : null;
  return { rules: [...discovered, ...plain], customRules, resourceRules, problems };
}

function toRule(rule: z.output<typeof externalRule>, place: Place): Omit<MetricRule, 'backend' | 'values'> {
  return {
    place,
    seriesQuery: rule.seriesQuery.text,
    pinnedSeries: rule.seriesQuery.pinned,
    plain: false,
    seriesFilters: rule.seriesFilters,
    naming: rule.name,
    namespaceLabel: rule.resources,
    allowedNamespaces: rule.tidecaster.allowedNamespaces ?? null,
    metricsQuery: rule.metricsQuery,
  };
}
