import type { Code } from '../scenarios/code.ts';
import type { Instance, Json, RevisionState, WorldState } from './state.ts';
import { portOf } from './template.ts';

/** Whether the code listens on a port, told by `template` which one is its own. */
export const isListeningOn = ({ port, alsoOn }: Code['listen'], asked: number, template: Json): boolean =>
  (port === 'PORT' ? portOf(template) : port) === asked || alsoOn.includes(asked);

/** Whether the code of an instance has done what it does after its port opened. */
export const isWarm = (state: WorldState, { code }: RevisionState, { listeningMs, readyMs }: Instance): boolean =>
  state.nowMs - (listeningMs ?? readyMs) >= code.start.warmUpSeconds * 1000;
