// Jest's transform: Node's own type stripping. Lines and columns stay exact, so no source maps are needed.
import { stripTypeScriptTypes } from 'node:module';

export default { process: (source) => ({ code: stripTypeScriptTypes(source) }) };
