import { stripTypeScriptTypes } from 'node:module';

/** jest's transform: strips types in place, so that lines and columns stay true. */
export default {
  process: (source) => ({ code: stripTypeScriptTypes(source, { mode: 'strip' }) }),
};
