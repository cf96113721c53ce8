// From where on an instance is full or idle, for every rule alike: 0..1 of its limit.

/**
 * Cloud Run starts instances to keep CPU at 60 % (About instance autoscaling, read 2026-11-23); where it stays this far above, starting more did not
 * help or was not allowed. Nine tenths are our own choice: lower would blame a busy hour, higher would miss what a minute's mean hides.
 */
export const CPU_FULL_RATIO = 0.9;
/**
 * Instances that compute are busy with work, not with waiting. Our own choice, between the 60 % that Cloud Run aims at and the 90 % at which CPU is
 * full: lower would overlook instances that do some work beside their waiting, higher would take full ones for idle.
 */
export const CPU_IDLE_RATIO = 0.8;
/** Garbage collectors keep below their limit as long as they can; above this they are about to lose. Our own choice. */
export const MEMORY_NEAR_LIMIT_RATIO = 0.8;
