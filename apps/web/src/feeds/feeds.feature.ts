import type { Feature } from '../shell/feature.js';
import { FeedPagesController } from './feeds.controller.js';
import { ReceiptPagesController } from './receipts.controller.js';

export const feedsFeature: Feature = { controllers: [FeedPagesController, ReceiptPagesController], providers: [] };
