/** Functions of one vector whose rows keep their labels; other arguments are numbers and strings. */
export const KEEPS_LABELS: ReadonlySet<string> = new Set(
  `abs acos acosh asin asinh atan atanh ceil clamp clamp_max clamp_min cos cosh day_of_month day_of_week day_of_year
  days_in_month deg exp floor histogram_avg histogram_count histogram_fraction histogram_quantile histogram_stddev
  histogram_stdvar histogram_sum hour ln log10 log2 minute month rad round sgn sin sinh sqrt tan tanh timestamp year
  avg_over_time changes count_over_time delta deriv double_exponential_smoothing first_over_time idelta increase irate
  last_over_time mad_over_time max_over_time min_over_time predict_linear present_over_time quantile_over_time rate resets
  stddev_over_time stdvar_over_time sum_over_time ts_of_first_over_time ts_of_last_over_time ts_of_max_over_time
  ts_of_min_over_time`.split(/\s+/),
);

/** They put rows of one histogram together, which differ in this label alone. */
export const DROPS_LE: ReadonlySet<string> = new Set(['histogram_quantile', 'histogram_fraction']);

/** Functions that write one label of their first argument's rows from others; arguments that are no strings are given empty. */
export const RELABELS: Readonly<
  Record<string, (args: readonly string[]) => { target: string; sources: readonly string[] }>
> = {
  label_replace: ([, target = '', , source = '']) => ({ target, sources: [source] }),
  label_join: ([, target = '', , ...sources]) => ({ target, sources }),
};

/** Functions of a vector that cannot be asked together, and what they do instead. */
export const ALONE: Readonly<Record<string, string>> = {
  scalar: 'makes one number of all rows',
  absent: 'makes a row where there is none',
  absent_over_time: 'makes a row where there is none',
  sort: 'orders all rows',
  sort_desc: 'orders all rows',
  sort_by_label: 'orders all rows',
  sort_by_label_desc: 'orders all rows',
  info: 'takes labels from other series',
};
