package store

import (
	"context"
	"log/slog"
	"time"

	"gorm.io/gorm/logger"
)

// slowLog logs slow statements, never their values: those are people's words.
// It leaves errors to the edge, which logs each one once.
type slowLog struct {
	to   *slog.Logger
	from time.Duration // how long a statement takes that is worth a line
}

func (l slowLog) LogMode(logger.LogLevel) logger.Interface { return l }
func (l slowLog) Info(context.Context, string, ...any)     {}
func (l slowLog) Warn(context.Context, string, ...any)     {}
func (l slowLog) Error(context.Context, string, ...any)    {}
func (l slowLog) ParamsFilter(_ context.Context, text string, _ ...any) (string, []any) {
	return text, nil
}

func (l slowLog) Trace(ctx context.Context, began time.Time, statement func() (string, int64), _ error) {
	took := time.Since(began)
	if took < l.from {
		return
	}
	text, rows := statement()
	l.to.WarnContext(ctx, "slow statement", "took", took, "rows", rows, "sql", text)
}
