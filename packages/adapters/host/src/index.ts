export { identifyProcess, identifySelf, judgeProcess } from './process-identity.ts';
