package forum

import (
	"context"
	"errors"
	"fmt"
)

// resealBatch is how many sealed values are read at once.
const resealBatch = 200

// Reseal seals anew, under the present key, what was sealed under an older one or
// without the key's name. It says how many values it changed and how many it could
// not open. It can be stopped and started at any point, and run by several
// instances at once: each value changes in one guarded statement.
func (c *Community) Reseal(ctx context.Context) (changed, shut int, err error) {
	for _, column := range SealedColumns {
		var after int64
		for {
			rows, err := c.store.SealedRows(ctx, column, c.keys.Mark(), after, resealBatch)
			if err != nil {
				return changed, shut, fmt.Errorf("read %s: %w", column.Table, err)
			}
			if len(rows) == 0 {
				break
			}
			for _, row := range rows {
				after = row.ID
				plain, err := c.keys.Open(row.Value, column.Purpose)
				if err != nil {
					shut++
					continue
				}
				is := row
				if is.Value, err = c.keys.Seal(plain, column.Purpose); err != nil {
					return changed, shut, fmt.Errorf("seal %s anew: %w", column.Table, err)
				}
				if column.Index != "" {
					is.Key = c.keys.Index(column.Purpose, fold(plain))
				}
				err = c.store.Reseal(ctx, column, row, is)
				if errors.Is(err, ErrLost) {
					continue // another instance did it, or it changed meanwhile
				}
				if err != nil {
					return changed, shut, fmt.Errorf("seal %s anew: %w", column.Table, err)
				}
				changed++
			}
		}
	}
	return changed, shut, nil
}
