import { Controller, Get, Inject, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { OpenToAll, problemOf } from '#platform';
import { Assets } from './assets.js';

/** Style sheets and images. They say nothing about anybody and never change under their address. */
@OpenToAll()
@Controller('assets')
export class AssetsController {
  constructor(@Inject(Assets) private readonly assets: Assets) {}

  @Get(':digest/:name')
  send(@Req() request: FastifyRequest, @Res() reply: FastifyReply): void {
    const asset = this.assets.find(request.url);
    if (!asset) throw problemOf(404);
    void reply
      .headers({
        'Content-Type': asset.type,
        'Cache-Control': 'public, max-age=31536000, immutable',
        'Cross-Origin-Resource-Policy': 'same-origin',
        'X-Content-Type-Options': 'nosniff',
        // An image that is opened as a page of its own runs nothing either.
        'Content-Security-Policy': "default-src 'none'; frame-ancestors 'none'",
      })
      .send(asset.bytes);
  }
}
