package history

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"

	"qpay/internal/money"
	"qpay/internal/server/journal"
	"qpay/internal/server/payment"
)

// The table, the sheet and the records all have the exact amounts.
func TestAmountsAreExact(t *testing.T) {
	random := rand.New(rand.NewPCG(5, 6))
	var rs []journal.Record
	for range 200 {
		amount := 1 + money.Msat(random.Uint64N(uint64(money.Max)>>random.UintN(51)))%money.Max
		rs = append(rs, journal.Record{Qube: "personal", State: payment.Paid, Amount: amount, Fee: amount / 7,
			Steps: []journal.Step{{State: payment.Asked}}})
	}
	var table, sheet, records bytes.Buffer
	for _, err := range []error{Table(&table, rs), CSV(&sheet, rs), JSON(&records, rs)} {
		if err != nil {
			t.Fatal(err)
		}
	}
	lines := strings.Split(table.String(), "\n")
	rows, err := csv.NewReader(&sheet).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var read []journal.Record
	if err := json.Unmarshal(records.Bytes(), &read); err != nil {
		t.Fatal(err)
	}
	for i, r := range rs {
		if want := "  " + r.Amount.String() + "  "; !strings.Contains(lines[i+1], want) || !strings.Contains(lines[i+1], " "+r.Fee.String()+"  ") {
			t.Errorf("table: no %q in %q", want, lines[i+1])
		}
		amount, err1 := strconv.ParseUint(rows[i+1][4], 10, 64)
		fee, err2 := strconv.ParseUint(rows[i+1][5], 10, 64)
		if err1 != nil || err2 != nil || money.Msat(amount) != r.Amount || money.Msat(fee) != r.Fee {
			t.Errorf("sheet: %q of %d", rows[i+1], uint64(r.Amount))
		}
		if read[i].Amount != r.Amount || read[i].Fee != r.Fee {
			t.Errorf("records: %+v of %d", read[i], uint64(r.Amount))
		}
	}
}
