import { createHash } from 'node:crypto';
import { stripTypeScriptTypes } from 'node:module';

/** jest's transform of a mutation run: as strip-types.mjs, with one text of one file exchanged. */
const { file, from, to } = JSON.parse(process.env.FLEET_MUTATION ?? '{}');

function mutated(source, path) {
  return file !== undefined && path.endsWith(file) ? source.replace(from, () => to) : source;
}

export default {
  process: (source, path) => ({
    code: stripTypeScriptTypes(mutated(source, path), { mode: 'strip' }),
  }),
  getCacheKey: (source, path) =>
    createHash('sha256').update(path).update(mutated(source, path)).digest('hex'),
};
