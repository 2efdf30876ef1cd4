import { policyJsonSchema } from '../../src/config/policy.ts';

/** Every file of the repository that is generated from the code, with what should stand in it. */
export const generated = (): Record<string, string> => ({
  'docs/schema/policy.schema.json': `${JSON.stringify(policyJsonSchema(), null, 2)}\n`,
});
