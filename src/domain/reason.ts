/**
 * Why a number is what it is. Every number that we change carries its chain of reasons, in the order in which they acted.
 * The words are a closed union, so that logs, metrics, Events, the page and `explain` cannot drift apart.
 */
export type ReasonWord =
  // which floor
  | 'Baseline' // no schedule is open: spec.minReplicas of the policy
  | 'ScheduleOpen' // an open schedule replaces the baseline
  | 'RampUp' // a raise is on its way: it is complete at its boundary
  | 'RampDown' // a lowering is on its way: it started at its boundary
  | 'CappedByPolicy' // the policy's maxReplicas is lower
  | 'CappedByTarget' // the HPA's own spec.maxReplicas is lower: the API server would refuse more
  | 'UnexplainedDrop' // the HPA has more than the plan says and no boundary explains it: it falls at the ramp's slope
  // what happens
  | 'FirstTake' // the floor found on the HPA is kept as restore value
  | 'InForce' // the HPA has this floor already
  | 'ActuationOff' // the policy decides and reports, nothing is written
  // what does not happen
  | 'TargetNotFound' // the policy names an HPA that is not there
  | 'TargetClaimedTwice' // two policies name one HPA: both are refused for it
  // letting go
  | 'PolicyGone' // the policy is gone from a clean source for long enough: the floor is handed back
  | 'WaitingToLetGo' // the policy is gone, not yet long enough
  | 'SourceUnclean' // the source is missing, empty or partly unreadable: nothing is let go
  | 'TooManyAtOnce' // more HPAs would be let go at once than is plausible: held until somebody confirms
  | 'ReleaseRequested'; // a person asked for it: tidecaster release

/** One link of the chain: the word, and a sentence with the numbers in it. */
export type Reason = { reason: ReasonWord; message: string };
