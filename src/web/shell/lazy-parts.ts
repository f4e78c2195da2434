/**
 * The components that the first board does not need. They are all imported here, so that each one is a separate entry.
 */
import { later } from './lazy.tsx'

export const GamePage = later(() =>
  import('../game/game-page.tsx').then(({ followVisits, GamePage: part }) => {
    followVisits()
    return part
  }),
)
export const BoardOptions = later(() => import('../options/board-options.tsx').then(({ BoardOptions: part }) => part))
export const ConnectionBanner = later(() =>
  import('./connection-banner.tsx').then(({ ConnectionBanner: part }) => part),
)
export const ClusterPage = later(() => import('../cluster/cluster-page.tsx').then(({ ClusterPage: part }) => part))
export const During = later(() => import('../local/during.tsx').then(({ During: part }) => part))
export const HistoryPage = later(() => import('../history/history-page.tsx').then(({ HistoryPage: part }) => part))
export const LobbyPage = later(() => import('../lobby/lobby-page.tsx').then(({ LobbyPage: part }) => part))
export const Dialogs = later(() => import('../dialog/dialogs.tsx').then(({ Dialogs: part }) => part))
export const LocalMatch = later(() => import('../local/match.tsx').then(({ LocalMatch: part }) => part))
export const OwnGamesList = later(() => import('../lobby/own-games-list.tsx').then(({ OwnGamesList: part }) => part))
export const PuzzlePage = later(() => import('../puzzle/puzzle-page.tsx').then(({ PuzzlePage: part }) => part))
export const Review = later(() => import('../replay/review.tsx').then(({ Review: part }) => part))
export const SayingsPanel = later(() => import('../sayings/panel.tsx').then(({ SayingsPanel: part }) => part))
export const ZoomStage = later(() => import('../board/zoom-stage.tsx').then(({ ZoomStage: part }) => part))
