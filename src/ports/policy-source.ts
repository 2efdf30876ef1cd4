import type { Problem } from '../domain/errors.ts';
import type { AutoscalingPolicy } from '../domain/policy/autoscaling-policy.ts';

/** Where policies come from: a folder of files (adapters/files). */
export interface PolicySource {
  /** The policies in force now: of each file the last good content. Never throws: what is wrong is in `problems`. */
  read(): Promise<PolicyReading>;
}

export type PolicyReading = {
  policies: readonly AutoscalingPolicy[];
  /** What is wrong with what stands in the source now; a file with a problem keeps its last good policies in force. */
  problems: readonly Problem[];
  /** True when the whole source was read without a problem and is not empty: only then may anything be let go. */
  clean: boolean;
  /** Names this content in logs and on the page: a short hash. */
  revision: string;
};
