import { Router } from 'express';
import type { World } from '../../world/world.ts';
export const monitoringRouter = (_world: World): Router => Router();
