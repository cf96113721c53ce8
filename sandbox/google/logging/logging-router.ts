import { Router } from 'express';
import type { World } from '../../world/world.ts';
export const loggingRouter = (_world: World): Router => Router();
