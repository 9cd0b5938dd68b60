import { Module } from '@nestjs/common';
import { AccessTokens } from './access-tokens.js';
import { SessionsController } from './sessions.controller.js';
import { SessionsService } from './sessions.service.js';
import { SessionsStore } from './sessions.store.js';
import { tokenSigning } from './token-signing.js';

@Module({
  imports: [tokenSigning],
  controllers: [SessionsController],
  providers: [SessionsStore, SessionsService, AccessTokens],
  exports: [SessionsStore, SessionsService],
})
export class SessionsModule {}
