/**
 * When each alert fires, and a near miss in which it does not. Values are promtool's: `0+10x60` starts at 0 and grows by 10 in each of 60
 * minutes, `_` is no sample. The time begins at the epoch.
 */
export type AlertCase = {
  /** What is special about it, for the report of a failure. */
  about: string;
  series: Readonly<Record<string, string>>;
  /** When it is looked at, such as `10m`. */
  at: string;
  /** null: it does not fire. labels: without severity. notYet: when it still waits whether that lasts. */
  fires: { labels: Readonly<Record<string, string>>; summary: string; notYet?: string } | null;
};

const silent = (about: string, at: string, series: AlertCase['series']): AlertCase => ({
  about,
  series,
  at,
  fires: null,
});
const fires = (about: string, at: string, rest: Pick<AlertCase, 'series'> & NonNullable<AlertCase['fires']>) => {
  const { series, ...fired } = rest;
  return { about, series, at, fires: fired };
};

const EXTERNAL = 'external.metrics.k8s.io';
const RULE = 'externalRules[0]';
const POD = { namespace: 'tidecaster-system', pod: 'a' };
const OF_POD = 'namespace="tidecaster-system",pod="a"';
const reads = (code: string): string => `tidecaster_api_requests_total{group="${EXTERNAL}",code="${code}",pod="a"}`;
const queries = (result: string): string =>
  `tidecaster_query_duration_seconds_count{backend="default",result="${result}",pod="a"}`;
const reviews = (result: string): string =>
  `tidecaster_review_duration_seconds_count{kind="access",result="${result}"}`;
const handedOn = (result: string): string => `tidecaster_neighbour_read_duration_seconds_count{result="${result}"}`;
const duration = (le: string): string =>
  `tidecaster_api_request_duration_seconds_bucket{group="${EXTERNAL}",le="${le}"}`;
const age = (le: string): string => `tidecaster_served_age_seconds_bucket{le="${le}"}`;
const EXPIRY = 'tidecaster_serving_certificate_expiry_timestamp_seconds';

export const ALERT_CASES: Readonly<Record<string, readonly AlertCase[]>> = {
  TidecasterDown: [
    fires('no replica answers', '3m', {
      series: { 'up{job="tidecaster",pod="a"}': '0x10', 'up{job="tidecaster",pod="b"}': '0x10' },
      labels: {},
      summary: 'No replica of Tidecaster can be scraped.',
      notYet: '1m',
    }),
    fires('there is none at all', '3m', {
      series: { 'up{job="prometheus"}': '1x10' },
      labels: {},
      summary: 'No replica of Tidecaster can be scraped.',
      notYet: '1m',
    }),
    silent('one of two answers, scraped by the operator', '10m', {
      'up{job="tidecaster-system/tidecaster",pod="a"}': '0x10',
      'up{job="tidecaster-system/tidecaster",pod="b"}': '1x10',
    }),
  ],
  TidecasterReplicaDown: [
    fires('five minutes', '6m', {
      series: { 'up{job="tidecaster",pod="a"}': '0x10', 'up{job="tidecaster",pod="b"}': '1x10' },
      labels: { job: 'tidecaster', pod: 'a' },
      summary: 'Replica a of Tidecaster cannot be scraped.',
      notYet: '4m',
    }),
    silent('four minutes', '6m', { 'up{job="tidecaster",pod="a"}': '0x4 1x10' }),
  ],
  TidecasterRestarting: [
    fires('three starts', '10m', {
      series: { 'process_start_time_seconds{job="tidecaster",pod="a"}': '1 100 100 200 300 300x10' },
      labels: { job: 'tidecaster', pod: 'a' },
      summary: 'Replica a of Tidecaster started 3 times anew in 15 minutes.',
    }),
    silent('two starts', '10m', { 'process_start_time_seconds{job="tidecaster",pod="a"}': '1 100 100 200 200x10' }),
  ],
  TidecasterReadsFailing: [
    fires('a fifth, for an hour', '70m', {
      series: { [reads('200')]: '0+80x90', [reads('500')]: '0+15x90', [reads('429')]: '0+5x90' },
      labels: { group: EXTERNAL },
      summary: `20% of the reads of ${EXTERNAL} fail.`,
    }),
    silent('a fifth, for some minutes', '88m', { [reads('200')]: '0+80x90', [reads('500')]: '0x80 20+20x10' }),
    silent('what is not there is an answer', '70m', { [reads('200')]: '0+50x90', [reads('404')]: '0+50x90' }),
  ],
  TidecasterReadsFailingSlowly: [
    fires('one in twenty, for hours', '420m', {
      series: { [reads('200')]: '0+95x420', [reads('500')]: '0+5x420' },
      labels: { group: EXTERNAL },
      summary: `5% of the reads of ${EXTERNAL} fail, for hours.`,
    }),
    silent('one in fifty', '420m', { [reads('200')]: '0+98x420', [reads('500')]: '0+2x420' }),
    silent('over since an hour', '420m', { [reads('200')]: '0+95x420', [reads('500')]: '0+15x360 5400x60' }),
  ],
  TidecasterReadsDenied: [
    fires('half of them', '20m', {
      series: { [reads('200')]: '0+50x30', [reads('403')]: '0+30x30', [reads('401')]: '0+20x30' },
      labels: { group: EXTERNAL },
      summary: `50% of the reads of ${EXTERNAL} are not allowed.`,
      notYet: '14m',
    }),
    silent('one in twenty', '20m', { [reads('200')]: '0+95x30', [reads('403')]: '0+5x30' }),
  ],
  TidecasterReadsSlow: [
    fires('one in ten takes a second', '20m', {
      series: { [duration('0.5')]: '0+90x30', [duration('1')]: '0+100x30', [duration('+Inf')]: '0+100x30' },
      labels: { group: EXTERNAL },
      summary: `One in a hundred reads of ${EXTERNAL} takes longer than 950ms.`,
      notYet: '9m',
    }),
    silent('one in two hundred does', '20m', {
      [duration('0.25')]: '0+100x30',
      [duration('0.5')]: '0+199x30',
      [duration('1')]: '0+200x30',
      [duration('+Inf')]: '0+200x30',
    }),
  ],
  TidecasterServedDataOld: [
    fires('one in ten is older than two rounds', '20m', {
      series: { [age('20')]: '0+90x30', [age('30')]: '0+100x30', [age('+Inf')]: '0+100x30' },
      labels: {},
      summary: 'One in a hundred reads gets numbers older than 29s.',
      notYet: '9m',
    }),
    silent('all are younger', '20m', {
      [age('10')]: '0+10x30',
      [age('20')]: '0+100x30',
      [age('+Inf')]: '0+100x30',
    }),
  ],
  TidecasterBackendFailing: [
    fires('one in ten', '10m', {
      series: { [queries('ok')]: '0+90x20', [queries('unavailable')]: '0+10x20' },
      labels: { backend: 'default' },
      summary: '10% of the queries to backend default get no answer.',
      notYet: '4m',
    }),
    silent('one in twenty-five', '10m', { [queries('ok')]: '0+96x20', [queries('unavailable')]: '0+4x20' }),
  ],
  TidecasterQueriesRefused: [
    fires('in every round', '20m', {
      series: { [queries('ok')]: '0+90x30', [queries('refused')]: '0+6x30' },
      labels: { backend: 'default' },
      summary: 'Backend default refuses queries, again and again.',
      notYet: '14m',
    }),
    silent('for some minutes, until the rule was corrected', '20m', { [queries('refused')]: '0+6x5 30x30' }),
  ],
  TidecasterSheddingLoad: [
    fires('two rounds a minute', '15m', {
      series: { 'tidecaster_shed_total{what="round",backend="default",pod="a"}': '0+2x30' },
      labels: { what: 'round', backend: 'default' },
      summary: 'Backend default is too slow: 10 times in 5 minutes a round was left out.',
      notYet: '9m',
    }),
    silent('one round', '15m', { 'tidecaster_shed_total{what="round",backend="default",pod="a"}': '0x5 1x30' }),
  ],
  TidecasterSeriesNotListed: [
    fires('for ten minutes', '15m', {
      series: { [`tidecaster_health_check{name="series",type="informational",${OF_POD}}`]: '0x20' },
      labels: POD,
      summary: 'Replica a cannot list the series of some rules.',
      notYet: '9m',
    }),
    silent('for eight minutes', '15m', {
      [`tidecaster_health_check{name="series",type="informational",${OF_POD}}`]: '0x8 1x20',
      [`tidecaster_health_check{name="lease",type="informational",${OF_POD}}`]: '0x20',
    }),
  ],
  TidecasterNeighbourFailing: [
    fires('no answer, or not asked', '15m', {
      series: { [handedOn('ok')]: '0+80x30', [handedOn('error')]: '0+15x30', [handedOn('full')]: '0+5x30' },
      labels: {},
      summary: '20% of the reads that are handed to the neighbour get no answer.',
      notYet: '9m',
    }),
    silent('one in twenty', '15m', { [handedOn('ok')]: '0+95x30', [handedOn('error')]: '0+5x30' }),
    silent('an error of its own is an answer', '15m', { [handedOn('ok')]: '0+50x30', [handedOn('status')]: '0+50x30' }),
  ],
  TidecasterBatchMismatch: [
    fires('one, some time ago, of a replica that is gone', '100m', {
      series: { [`tidecaster_compared_questions_total{result="mismatch",rule="${RULE}",pod="a"}`]: '1x5 _x100' },
      labels: { rule: RULE },
      summary: `A shared query of rule ${RULE} gave other rows than the single one.`,
    }),
    silent('all are equal', '100m', {
      [`tidecaster_compared_questions_total{result="equal",rule="${RULE}",pod="a"}`]: '0+6x100',
      [`tidecaster_compared_questions_total{result="mismatch",rule="${RULE}",pod="a"}`]: '0x100',
    }),
  ],
  TidecasterStrayRows: [
    fires('the first ones of a replica', '15m', {
      series: { [`tidecaster_stray_rows_total{rule="${RULE}",pod="a"}`]: '_x10 3x10' },
      labels: { rule: RULE },
      summary: `A shared query of rule ${RULE} brought rows that it does not ask for.`,
    }),
    fires('more of them', '120m', {
      series: { [`tidecaster_stray_rows_total{rule="${RULE}",pod="a"}`]: '3x100 5x30' },
      labels: { rule: RULE },
      summary: `A shared query of rule ${RULE} brought rows that it does not ask for.`,
    }),
    silent('none for hours', '200m', { [`tidecaster_stray_rows_total{rule="${RULE}",pod="a"}`]: '3x300' }),
  ],
  TidecasterRulesRefused: [
    fires('in one replica', '10m', {
      series: { 'tidecaster_rules_problems{pod="a"}': '2x20', 'tidecaster_rules_problems{pod="b"}': '0x20' },
      labels: {},
      summary: 'Faults in the rules file: 2.',
      notYet: '4m',
    }),
    silent('corrected within minutes', '10m', { 'tidecaster_rules_problems{pod="a"}': '2x3 0x20' }),
  ],
  TidecasterDemandEvicted: [
    fires('again and again', '20m', {
      series: { 'tidecaster_evicted_keys_total{pod="a"}': '0+10x30' },
      labels: {},
      summary: '50 keys of reads were put out of memory in 5 minutes.',
      notYet: '9m',
    }),
    silent('once', '20m', { 'tidecaster_evicted_keys_total{pod="a"}': '0x10 100x30' }),
  ],
  TidecasterCertificateEnds: [
    fires('in ten days', '70m', {
      series: { [EXPIRY]: '864000x100' },
      labels: {},
      summary: 'The serving certificate ends in 9d 22h 50m 0s.',
      notYet: '59m',
    }),
    silent('in fifteen days', '70m', { [EXPIRY]: '1296000x100' }),
  ],
  TidecasterCertificateEndsSoon: [
    fires('in a day', '10m', {
      series: { [EXPIRY]: '86400x20' },
      labels: {},
      summary: 'The serving certificate ends in 23h 50m 0s.',
      notYet: '4m',
    }),
    silent('in three days', '10m', { [EXPIRY]: '259200x20' }),
  ],
  TidecasterTrustStale: [
    fires('never read', '20m', {
      series: { [`tidecaster_client_trust_last_read_timestamp_seconds{${OF_POD}}`]: '0x30' },
      labels: POD,
      summary: 'Replica a has not read the CAs of clients for 20m 0s.',
      notYet: '13m',
    }),
    silent('nine minutes ago', '20m', {
      [`tidecaster_client_trust_last_read_timestamp_seconds{${OF_POD}}`]: '0+60x11 660x30',
    }),
  ],
  TidecasterReviewsFailing: [
    fires('one in ten', '10m', {
      series: { [reviews('ok')]: '0+90x20', [reviews('error')]: '0+10x20' },
      labels: { kind: 'access' },
      summary: '10% of the access reviews get no answer from the API server.',
      notYet: '4m',
    }),
    silent('one in twenty-five', '10m', { [reviews('ok')]: '0+96x20', [reviews('error')]: '0+4x20' }),
  ],
  TidecasterBundleRewritten: [
    fires('by KEDA', '6m', {
      series: { 'tidecaster_bundle_other_writer{manager="keda-operator",pod="a"}': '1x10' },
      labels: { manager: 'keda-operator' },
      summary: 'keda-operator writes the caBundle of our APIService.',
      notYet: '4m',
    }),
    silent('by nobody any more', '10m', {
      'tidecaster_bundle_other_writer{manager="keda-operator",pod="a"}': '1x4 stale',
      'tidecaster_bundle_other_writer{manager="helm",pod="a"}': '0x20',
    }),
  ],
  TidecasterNobodyWrites: [
    fires('no replica holds it', '3m', {
      series: {
        'tidecaster_health_check{name="lease",type="informational",pod="a"}': '0x10',
        'tidecaster_health_check{name="lease",type="informational",pod="b"}': '0x10',
      },
      labels: {},
      summary: 'No replica of Tidecaster holds the Lease.',
      notYet: '1m',
    }),
    silent('one of two holds it', '10m', {
      'tidecaster_health_check{name="lease",type="informational",pod="a"}': '0x10',
      'tidecaster_health_check{name="lease",type="informational",pod="b"}': '1x10',
    }),
  ],
  TidecasterPassesStopped: [
    fires('for minutes', '10m', {
      series: { [`tidecaster_last_pass_timestamp_seconds{${OF_POD}}`]: '0x20' },
      labels: POD,
      summary: 'Replica a has decided nothing for 10m 0s.',
      notYet: '4m',
    }),
    silent('for less than two minutes', '10m', { [`tidecaster_last_pass_timestamp_seconds{${OF_POD}}`]: '0+55x20' }),
  ],
  TidecasterPoliciesRefused: [
    fires('for five minutes', '6m', {
      series: { 'tidecaster_policy_problems{pod="a"}': '1x10' },
      labels: {},
      summary: 'Faults in the policies: 1.',
      notYet: '4m',
    }),
    silent('corrected within minutes', '6m', { 'tidecaster_policy_problems{pod="a"}': '1x3 0x10' }),
  ],
  TidecasterFloorHeld: [
    fires('two targets are missing', '16m', {
      series: { 'tidecaster_held_floors{reason="TargetNotFound",pod="a"}': '2x20' },
      labels: { reason: 'TargetNotFound' },
      summary: 'Floors that are held (TargetNotFound): 2.',
      notYet: '14m',
    }),
    silent('none, and a removal has an alert of its own', '16m', {
      'tidecaster_held_floors{reason="TargetNotFound",pod="a"}': '0x20',
      'tidecaster_held_floors{reason="TooManyAtOnce",pod="a"}': '5x20',
    }),
  ],
  TidecasterRemovalHeld: [
    fires('five at once', '6m', {
      series: { 'tidecaster_held_floors{reason="TooManyAtOnce",pod="a"}': '5x20' },
      labels: { reason: 'TooManyAtOnce' },
      summary: '5 HPAs lost their policies at once; their floors are held.',
      notYet: '4m',
    }),
    silent('none, and a source that does not read is another thing', '16m', {
      'tidecaster_held_floors{reason="TooManyAtOnce",pod="a"}': '0x20',
      'tidecaster_held_floors{reason="SourceUnclean",pod="a"}': '5x20',
    }),
  ],
  TidecasterFloorWritesFailing: [
    fires('at each heartbeat', '15m', {
      series: { 'tidecaster_floor_writes_total{type="Apply",result="error",pod="a"}': '0+4x20' },
      labels: { type: 'Apply' },
      summary: 'Floors cannot be written (Apply).',
      notYet: '9m',
    }),
    silent('twice', '15m', {
      'tidecaster_floor_writes_total{type="Apply",result="error",pod="a"}': '0 2x20',
      'tidecaster_floor_writes_total{type="Apply",result="ok",pod="a"}': '0+1x20',
    }),
  ],
};
