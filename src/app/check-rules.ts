import { createBatching } from '../domain/batch/batching.ts';
import { InvalidError, UnavailableError, placeText } from '../domain/errors.ts';
import type { Finding } from '../domain/policy/lint.ts';
import { type CustomMetric, customTable, shapesOf } from '../domain/rules/custom-table.ts';
import type { CustomRule } from '../domain/rules/custom-rule.ts';
import { lintRules, warning } from '../domain/rules/lint-rules.ts';
import type { MetricRule } from '../domain/rules/metric-rule.ts';
import { type ServedMetric, listingOf, nameTable } from '../domain/rules/name-table.ts';
import type { RulesCheck } from '../domain/rules/rule-check.ts';
import type { Labels } from '../ports/metrics-source.ts';
import { checkCustomRule } from './check-custom-rule.ts';
import { checkExternalRule } from './check-external-rule.ts';
import { createCheckListings } from './check-listings.ts';
import { checkResourceRules } from './check-resource-rules.ts';
import type { CheckRulesOptions, CheckWorld, Checked } from './check-world.ts';

/** How far back a query can see a series. */
const LOOKBACK_SECONDS = 300;

/**
 * Lints rules, and tries each out: which series there are, what they are served as, and what an HPA would get. Reads only.
 *
 * @throws UnavailableError where somebody was asked and nobody answered
 */
export async function checkRules(options: CheckRulesOptions): Promise<RulesCheck> {
  const { file, sourceOf, resources, now, progress } = options;
  const listings = createCheckListings(sourceOf, now - LOOKBACK_SECONDS);
  const world: CheckWorld = {
    ...options,
    batching: createBatching(),
    list: (query, { backend }) => listings.list(query, backend),
  };
  const discovered = file.rules.filter(({ plain }) => !plain);
  const lists = await listAll([...discovered, ...file.customRules], world);
  const external = nameTable(file.rules, mapped(lists, namesOf));
  const custom = customTable(file.customRules, mapped(lists, shapesOf), resources);
  const served = Map.groupBy(external.metrics.values(), ({ rule }: ServedMetric): MetricRule => rule);
  const servedCustom = Map.groupBy(custom.metrics.values(), ({ rule }: CustomMetric): CustomRule => rule);

  const steps = [
    ...file.rules.map((rule) => () => checkExternalRule(rule, served.get(rule) ?? [], world)),
    ...file.customRules.map((rule) => () => checkCustomRule(rule, servedCustom.get(rule) ?? [], world, resources)),
    ...(file.resourceRules === null ? [] : checkResourceRules(file.resourceRules, resources, world)),
  ];
  const checked: Checked[] = [];
  for (const step of steps) {
    checked.push(await step());
    progress(checked.length, steps.length);
  }
  throwWhereNobodyAnswers(checked);
  const overlaps = [...external.overlaps, ...custom.overlaps].map(({ name, winner, loser }) =>
    warning(loser.place, `gives ${name}, which the rule at ${placeText(winner.place)} gives too: that one answers`),
  );
  const findings = [...lintRules(file), ...overlaps, ...checked.flatMap((one) => one.findings)];
  return { rules: checked.map(({ rule }) => rule), findings: distinct(findings).toSorted(byPlace) };
}

/** The series by listing, of those that could be listed. */
async function listAll(
  rules: readonly Pick<MetricRule, 'seriesQuery' | 'backend'>[],
  { list }: CheckWorld,
): Promise<ReadonlyMap<string, readonly Labels[]>> {
  const found = new Map<string, readonly Labels[]>();
  for (const rule of rules) {
    const listing = await list(rule.seriesQuery, rule);
    if (listing.type === 'series') found.set(listingOf(rule), listing.series);
  }
  return found;
}

const mapped = <T>(
  lists: ReadonlyMap<string, readonly Labels[]>,
  make: (series: readonly Labels[]) => T,
): Map<string, T> => new Map([...lists].map(([listing, series]) => [listing, make(series)]));

const namesOf = (series: readonly Labels[]): string[] => [
  ...new Set(series.flatMap(({ __name__: name }) => (name === undefined ? [] : [name]))),
];

/** @throws UnavailableError */
function throwWhereNobodyAnswers(checked: readonly Checked[]): void {
  const answers = checked.some(
    ({ rule }) => rule.found.type === 'series' || rule.metrics.some(({ answer }) => answer.type === 'answered'),
  );
  const away = checked.find(({ error }) => error instanceof UnavailableError);
  const refused = checked.some(({ error }) => error instanceof InvalidError);
  if (!answers && !refused && away !== undefined) throw away.error;
}

/** A rule's series are found wrong by what it says and by what is there: one sentence is enough. */
function distinct(findings: readonly Finding[]): Finding[] {
  const seen = new Map(findings.map((finding) => [`${placeText(finding.place)} ${finding.message}`, finding]));
  return [...seen.values()];
}

const byPlace = (a: Finding, b: Finding): number => a.place.line - b.place.line || a.place.column - b.place.column;
