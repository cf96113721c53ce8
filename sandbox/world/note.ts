import type { LineRecord } from './ledger.ts';
import type { WorldState } from './state.ts';

/** An event for the page, the event stream and tests. */
export function note(state: WorldState, type: string, subject: string, message: string): void {
  if (state.nowMs >= state.startMs) state.events.push({ atMs: state.nowMs, type, subject, message });
}

type Line = Pick<LineRecord, 'log' | 'severity' | 'service'> &
  Partial<Pick<LineRecord, 'revision' | 'instanceId' | 'text' | 'protoPayload' | 'resource' | 'operation'>>;

/** One line of a log. */
export function print(state: WorldState, line: Line): void {
  state.ledger.sequence += 1;
  state.ledger.lines.push({
    sequence: state.ledger.sequence,
    atMs: state.nowMs,
    log: line.log,
    severity: line.severity,
    service: line.service,
    revision: line.revision,
    instanceId: line.instanceId,
    text: line.text,
    protoPayload: line.protoPayload,
    resource: line.resource,
    operation: line.operation,
  });
}
