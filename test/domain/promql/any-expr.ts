/** Trees as the parser makes them, over the whole grammar, without regard to types or sense. */
import fc from 'fast-check';
import {
  AGGREGATE_OPS,
  type Aggregate,
  type Binary,
  type BinaryOp,
  type Duration,
  type Expr,
  type MatchOp,
  type Matcher,
  type Num,
  PRECEDENCE,
  type Selector,
  type Shift,
} from '../../../src/domain/promql/ast.ts';

/** Words that are printed in quotes where they name a metric. */
export const QUOTED =
  `and or unless atan2 by without on ignoring group_left group_right bool offset start end inf nan Inf NaN
  AND By`.split(/\s+/);
/** All others of the language, and some functions. */
export const WORDS =
  `step range min_of max_of anchored smoothed fill fill_left fill_right sum avg min max count group stddev stdvar
  topk bottomk limitk limit_ratio quantile count_values rate time pi scalar histogram_quantile info SUM`.split(/\s+/);
/** Of functions, of each shape of arguments. */
const FUNCTIONS =
  `abs absent clamp rate time pi vector scalar label_replace label_join histogram_quantile sort_by_label info
  quantile_over_time absent_over_time day_of_month start end step range`.split(/\s+/);

const chosen = <T>(...arbitraries: fc.Arbitrary<T>[]): fc.Arbitrary<T> => fc.oneof(...arbitraries);
const text = fc.oneof(
  { weight: 3, arbitrary: fc.stringMatching(/^[a-z.*+|()\\"'`$1-9{}[\]# -]{0,8}$/) },
  { weight: 2, arbitrary: fc.string({ unit: 'binary', maxLength: 6 }) },
  {
    weight: 1,
    arbitrary: fc.string({ unit: fc.constantFrom('\0', '\n', '\r', '\t', '\u2028', '\u{1F30A}', '\x7f', '"') }),
  },
);
const word = fc.constantFrom(...WORDS);
const quoted = fc.constantFrom(...QUOTED);
const label = fc.oneof(
  { weight: 4, arbitrary: fc.stringMatching(/^[a-zA-Z_]\w{0,5}$/) },
  { weight: 2, arbitrary: fc.oneof(word, quoted) },
  { weight: 1, arbitrary: text.filter((each) => each !== '') },
);
/** A name in quotes is a matcher of __name__, so before the braces stands one that needs none. */
const name = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.stringMatching(/^[a-zA-Z_:][\w:]{0,5}$/).filter((each) => !QUOTED.includes(each.toLowerCase())),
  },
  { weight: 1, arbitrary: word },
);

const number: fc.Arbitrary<Num> = fc
  .oneof(
    fc.integer({ min: -1000, max: 1000 }),
    fc.double(),
    fc.constantFrom(0, -0, Infinity, -Infinity, Number.NaN, 1e300, -1e-300),
  )
  .map((value) => ({ type: 'Number', value }));

const seconds = fc.oneof(
  fc.integer({ min: 0, max: 4_000_000 }).map((milliseconds) => milliseconds / 1000),
  fc.integer({ min: 1, max: 4_000_000 }).map((milliseconds) => -milliseconds / 1000),
  fc.integer({ min: 0, max: 10_000 }).map((days) => days * 86_400),
  fc.double({ min: 1e-9, max: 1e12, noNaN: true }),
);
const { duration } = fc.letrec<{ duration: Duration }>((tie) => ({
  duration: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    { weight: 6, arbitrary: fc.record<Duration & { type: 'Seconds' }>({ type: fc.constant('Seconds'), seconds }) },
    {
      weight: 1,
      // a number takes its sign
      arbitrary: tie('duration')
        .filter(({ type }) => type !== 'Seconds')
        .map((of): Duration => ({ type: 'Negative', of })),
    },
    {
      weight: 1,
      arbitrary: fc.record<Duration & { type: 'Arithmetic' }>({
        type: fc.constant('Arithmetic'),
        op: fc.constantFrom('+', '-', '*', '/', '%', '^'),
        left: tie('duration'),
        right: tie('duration'),
      }),
    },
    {
      weight: 1,
      arbitrary: chosen<Duration>(
        fc.constantFrom('step' as const, 'range' as const).map((of) => ({ type: 'DurationCall', name: of, args: [] })),
        fc
          .tuple(fc.constantFrom('min_of' as const, 'max_of' as const), tie('duration'), tie('duration'))
          .map(([of, ...args]) => ({ type: 'DurationCall', name: of, args })),
      ),
    },
  ),
}));

const shift: fc.Arbitrary<Shift> = fc.record({
  offset: fc.option(duration, { freq: 3 }),
  at: fc.option(
    fc.oneof(
      fc.double({ noNaN: true, noDefaultInfinity: true }).map((at) => ({ type: 'timestamp', seconds: at }) as const),
      fc.constantFrom({ type: 'start' } as const, { type: 'end' } as const),
    ),
    { freq: 3 },
  ),
});

const matcher: fc.Arbitrary<Matcher> = fc.record({
  label,
  op: fc.constantFrom<MatchOp>('=', '!=', '=~', '!~'),
  value: text,
});
const selector: fc.Arbitrary<Selector> = fc.record({
  type: fc.constant('Selector'),
  name: fc.option(name, { freq: 5 }),
  matchers: fc.array(matcher, { maxLength: 3 }),
  shift,
});

const labels = fc.array(label, { maxLength: 3 });
const group = fc.record({ many: fc.constantFrom('left' as const, 'right' as const), include: labels });
const matching: fc.Arbitrary<NonNullable<Binary['matching']>> = fc
  .record({ type: fc.constantFrom('on' as const, 'ignoring' as const), labels, group: fc.option(group) })
  // Prometheus refuses to match by a label and to take it over at once
  .filter((each) => each.type !== 'on' || !each.group?.include.some((one) => each.labels.includes(one)));
const filled = fc.option(
  number.map(({ value }) => value),
  { freq: 1 },
);

const TWO_ARGUMENTS: ReadonlySet<string> = new Set('topk bottomk limitk limit_ratio quantile count_values'.split(' '));

/** Deep enough for each operator below each other. */
export const { expr: anyExpr } = fc.letrec<{ expr: Expr }>((tie) => ({
  expr: fc.oneof(
    { depthSize: 'medium', withCrossShrink: true },
    { weight: 2, arbitrary: selector },
    { weight: 1, arbitrary: number },
    { weight: 1, arbitrary: text.map((value): Expr => ({ type: 'String', value })) },
    {
      weight: 1,
      arbitrary: fc
        .tuple(selector, duration, fc.constantFrom(null, 'anchored' as const, 'smoothed' as const))
        .map(([of, range, edges]): Expr => ({ type: 'Range', of, range, edges })),
    },
    {
      weight: 1,
      arbitrary: fc
        .tuple(tie('expr'), duration, fc.option(duration), shift)
        .map(([of, range, step, at]): Expr => ({ type: 'Subquery', of, range, step, shift: at })),
    },
    {
      weight: 1,
      arbitrary: fc
        .tuple(fc.constantFrom(...FUNCTIONS), fc.array(tie('expr'), { maxLength: 3 }))
        .map(([of, args]): Expr => ({ type: 'Call', name: of, args })),
    },
    {
      weight: 1,
      arbitrary: fc
        .record({
          op: fc.constantFrom(...AGGREGATE_OPS),
          grouping: fc.option(fc.record({ type: fc.constantFrom('by' as const, 'without' as const), labels })),
          param: tie('expr'),
          of: tie('expr'),
        })
        .map((each): Aggregate => ({
          type: 'Aggregate',
          ...each,
          param: TWO_ARGUMENTS.has(each.op) ? each.param : null,
        })),
    },
    {
      weight: 1,
      // a number takes its sign
      arbitrary: fc
        .tuple(fc.constantFrom('+' as const, '-' as const), tie('expr'))
        .filter(([, of]) => of.type !== 'Number')
        .map(([op, of]): Expr => ({ type: 'Unary', op, of })),
    },
    {
      weight: 4,
      arbitrary: fc.record<Binary>({
        type: fc.constant('Binary'),
        op: fc.constantFrom(...(Object.keys(PRECEDENCE) as BinaryOp[])),
        bool: fc.boolean(),
        matching: fc.option(matching, { freq: 2 }),
        fill: fc.oneof(
          { weight: 3, arbitrary: fc.constant({ left: null, right: null }) },
          { weight: 1, arbitrary: fc.record({ left: filled, right: filled }) },
        ),
        left: tie('expr'),
        right: tie('expr'),
      }),
    },
  ),
}));
