package transcript
import ("testing";"os";"fmt";"cordon/playback/recording")
func TestZY(t *testing.T){
	in,err:=os.Open(os.Getenv("ZY")); if err!=nil {t.Fatal(err)}
	r,err:=recording.Load(t.Context(),in); if err!=nil {t.Fatal(err)}
	tr, _ := Read(t.Context(), r)
	fmt.Println("==", os.Getenv("ZY"), len(tr.Lines), len(tr.Commands), r.Meta.Kind)
	for _, c := range tr.Commands {
		fmt.Printf("  %v+%v %q %q %v paste=%v until %v lines %d-%d\n", c.Began, c.At-c.Began, c.Prompt, c.Text, c.Confidence, c.Paste, c.Until, c.From, c.To)
	}
	if os.Getenv("ZL")!="" { for i,l:=range tr.Lines { fmt.Printf("%4d %8v %8v %-8s %q\n", i,l.At,l.Last,l.Kind,l.Text)}}
}
